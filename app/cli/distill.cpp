#include <charconv>
#include <cmath>

#include "analysis/distillation.h"
#include "app/cli/distill_report.h"
#include "app/cli/job.h"
#include "app/cli/options.h"
#include "app/cli/verb.h"
#include "app/engine/command_line.h"
#include "captures/capture.h"
#include "model/core/error.h"
#include "model/core/output_file.h"

namespace gatescope {
namespace {

constexpr std::int64_t kMost = std::int64_t{1} << 40;

struct DistillOptions {
    Options common;
    std::string gate = "learned", loss = "kl", start = "random", k = "64", steps = "1000", gate_dim = "32", rate;
    std::string block, index_heads, sinks = "1", local = "16";  // block, index_heads: the usual unless given
    std::string held_out, held_out_windows = "4", report_every = "25", capture;
    bool rope = false;
};

double learning_rate_of(const std::string& text) {
    if (text.empty()) return 0;
    double value = 0;
    const char* end = text.data() + text.size();
    const auto [stopped, status] = std::from_chars(text.data(), end, value);
    if (status != std::errc{} || stopped != end || !std::isfinite(value) || value <= 0)
        throw Failure(FailureKind::kUsage, "\"" + one_line(text, 40) + "\" is not allowed", "--lr",
                      "it takes a number above 0, as in 0.003");
    return value;
}

DistillRequest request_of(const DistillOptions& options) {
    const auto whole = [](const std::string& text, const char* option, std::int64_t least) {
        return whole_number(text, option, least, kMost);
    };
    DistillRequest out;
    out.gate = options.gate;
    out.loss = options.loss;
    out.start = options.start;
    out.k = whole(options.k, "--k", 1);
    out.steps = whole(options.steps, "--steps", 0);
    out.gate_dim = whole(options.gate_dim, "--gate-dim", 1);
    if (!options.block.empty()) out.keys_per_block = whole(options.block, "--block", 1);
    if (!options.index_heads.empty()) out.index_heads = whole(options.index_heads, "--index-heads", 1);
    out.sinks = whole(options.sinks, "--sinks", 0);
    out.local = whole(options.local, "--local", 0);
    out.rope = options.rope;
    out.learning_rate = learning_rate_of(options.rate);
    out.layers = IndexSet::parse(options.common.layers, "layers");
    out.seed = run_request(options.common).seed;
    out.window_length = window_length(options.common);
    out.text = options.common.text;
    out.held_out = options.held_out;
    out.held_out_windows = whole(options.held_out_windows, "--held-out-windows", 1);
    out.report_every = whole(options.report_every, "--report-every", 1);
    out.out = options.common.out;
    out.capture = options.capture;
    return out;
}

// The model, and what it is trained and measured on. Nothing has run yet.
struct Prepared {
    std::unique_ptr<Model> model;
    std::shared_ptr<const TextWindows> text, held_out;
};

Prepared prepare(const DistillOptions& options, const DistillRequest& request, JobContext& job) {
    Prepared out;
    out.model = open_model(options.common.model, false, false, device_wish(options.common), job);
    check_distillation(request, out.model->summary->config);
    out.text = open_text(request.text, *out.model, request.window_length, 0, job);
    if (!request.held_out.empty())
        out.held_out = open_text(request.held_out, *out.model, request.window_length, request.held_out_windows, job);
    load_weights(*out.model, true, device_wish(options.common), job);
    return out;
}

// Steps until all is done or Ctrl-C comes; every report is a line. False: interrupted.
bool run_to_end(Distillation& distillation, const Console& console, JobContext& job) {
    job.begin("Distilling", "steps", distillation.total());
    std::size_t reports = 0;
    try {
        for (bool more = true; more;) {
            more = distillation.step(job);
            const auto now = distillation.run();
            if (now->learned->step.size() > reports) {
                if (reports == 0) console.note(report_title());
                console.note(report_line(*now));
                reports = now->learned->step.size();
            }
            job.tick(distillation.done());
        }
    } catch (const Cancelled&) {
        if (distillation.run()->step == 0) throw;
        distillation.set_status("stopped");
        return false;
    }
    return true;
}

// The command line that makes the same, folders cut by the writer.
std::string command_of(const DistillOptions& options) {
    const DistillOptions plain;
    std::string out = "gatescope distill " + shell_quoted(options.common.model);
    const auto add = [&out](const char* name, const std::string& value, const std::string& unless) {
        if (value != unless) out += std::string(" --") + name + " " + shell_quoted(value);
    };
    add("text", options.common.text, "");
    add("held-out", options.held_out, "");
    add("held-out-windows", options.held_out_windows, plain.held_out_windows);
    add("gate", options.gate, "");
    add("loss", options.loss, "");
    add("k", options.k, "");
    add("steps", options.steps, "");
    add("gate-dim", options.gate_dim, plain.gate_dim);
    add("block", options.block, plain.block);
    add("index-heads", options.index_heads, plain.index_heads);
    if (options.rope) out += " --rope";
    add("start", options.start, plain.start);
    add("lr", options.rate, "");
    add("layers", options.common.layers, "");
    add("seed", options.common.seed, plain.common.seed);
    add("sinks", options.sinks, plain.sinks);
    add("local", options.local, plain.local);
    add("report-every", options.report_every, plain.report_every);
    add("window", options.common.window, plain.common.window);
    add("device", options.common.device, plain.common.device);
    add("dtype", options.common.dtype, plain.common.dtype);
    add("out", options.common.out, "");
    add("capture", options.capture, "");
    return out;
}

void write_curves_of(const Distillation& distillation, const DistillOptions& options, const Prepared& prepared) {
    RunResult result = *distillation.result(prepared.model->summary);
    result.command = command_of(options);
    JobContext job;  // Ctrl-C no longer counts
    write_capture(result, options.capture, options.common.force, job);
}

// What the gate would not listen to.
void check_shape(const DistillOptions& options) {
    const DistillShape takes = distill_shape(options.gate);
    const auto refuse = [&](const std::string& given, bool taken, const std::string& option, const char* what) {
        if (!given.empty() && !taken)
            throw Failure(FailureKind::kUsage, options.gate + what, option, "leave " + option + " out");
    };
    refuse(options.block, takes.block, "--block", " chooses no blocks of keys");
    refuse(options.index_heads, takes.index_heads, "--index-heads", " has no index heads");
}

void check(const DistillOptions& options, const DistillRequest& request) {
    require(options.common.model, "MODEL");
    require(request.text, "--text");
    require(request.out, "--out");
    check_shape(options);
    check_output_target(request.out, options.common.force);
    if (request.capture.empty()) return;
    check_capture_target(request.capture, options.common.force);
    if (request.capture == request.out)
        throw Failure(FailureKind::kUsage, "is the file of --out, too", "--capture " + request.capture,
                      "give it a name of its own");
}

int run(const DistillOptions& options, Console& console) {
    apply(options.common, console);
    const DistillRequest request = request_of(options);
    check(options, request);
    bool finished = false;
    std::shared_ptr<const DistillRun> done;
    {
        TerminalJob job(console);
        const Prepared prepared = prepare(options, request, job.context());
        Distillation distillation(*prepared.model->transformer, request, prepared.text, prepared.held_out);
        finished = run_to_end(distillation, console, job.context());
        distillation.write(prepared.model->summary->sha256, options.common.force);
        if (!request.capture.empty()) write_curves_of(distillation, options, prepared);
        done = distillation.run();
    }
    if (!finished)
        console.warn("interrupted after " + std::to_string(done->step) + " of " + std::to_string(request.steps) +
                     " steps; " + request.out + " holds the gate so far");
    if (options.common.json)
        console.print(distill_json(*done).dump(2) + "\n");
    else if (!options.common.quiet)
        console.print(distill_table(*done) + "wrote " + request.out + ", to be used as " + done->deployed + "\n");
    return finished ? 0 : 130;
}

// What is there already is its default.
void add_value(CLI::App& app, const char* name, std::string& text, const char* help, const char* type) {
    auto* option = app.add_option(name, text, help)->type_name(type);
    if (!text.empty()) option->capture_default_str();
}

void add_training(CLI::App& app, DistillOptions& options) {
    add_value(app, "--gate", options.gate, "what to train: learned, block-learned or indexer", "GATE");
    add_value(app, "--loss", options.loss, "kl: to the attention pattern; bce: to the oracle's k keys", "LOSS");
    add_value(app, "--k", options.k, "keys that a query may use once the gate is deployed", "K");
    add_value(app, "--steps", options.steps, "of training, a window each; 0 writes the first values", "N");
    add_value(app, "--gate-dim", options.gate_dim, "the gate's width (indexer: of each of its heads)", "C");
    add_value(app, "--block", options.block, "keys a block, of block-learned; 16 unless given", "B");
    add_value(app, "--index-heads", options.index_heads, "of indexer; 4 unless given", "M");
    app.add_flag("--rope", options.rope, "rotate the gate's queries and keys by their positions (learned)");
    add_value(app, "--lr", options.rate, "learning rate; the gate's own unless given", "RATE");
    add_value(app, "--start", options.start, "first values: random, or kernel for the heads' own W_q, W_k (learned)",
              "START");
    app.add_option("--layers", options.common.layers, "layers to train, as 0-3,7; all unless given")->type_name("LIST");
    app.add_option("--seed", options.common.seed, "of first values and of the order of windows")
        ->type_name("N")
        ->capture_default_str();
}

void add_reports(CLI::App& app, DistillOptions& options) {
    add_value(app, "--held-out", options.held_out, "a text to report on; the last eighth of --text unless given",
              "FILE");
    add_value(app, "--held-out-windows", options.held_out_windows, "how many windows of it", "N");
    add_value(app, "--report-every", options.report_every, "steps between reports", "N");
    add_value(app, "--sinks", options.sinks, "sinks of the gate as it is deployed", "S");
    add_value(app, "--local", options.local, "local keys of the gate as it is deployed", "W");
    add_value(app, "--capture", options.capture, "write the curves into a capture, too", "FILE.h5");
}

std::function<int(Console&)> declare(CLI::App& app) {
    auto options = std::make_shared<DistillOptions>();
    add_model(app, options->common);
    app.add_option("--text", options->common.text,
                   "a UTF-8 text to train on; or the word sample-train, for the sample's own")
        ->type_name("FILE");
    add_training(app, *options);
    add_reports(app, *options);
    add_out(app, options->common, "the gate file to write");
    add_window(app, options->common);
    add_device(app, options->common);
    add_console(app, options->common);
    return [options](Console& console) { return run(*options, console); };
}

}  // namespace

Verb distill_verb() {
    return {"distill", "Train a gate on the frozen model, to choose the keys that its heads attend to.",
            "gatescope distill sample --text sample-train --held-out sample --gate learned --rope --steps 300 "
            "--out gate.safetensors",
            declare};
}

}  // namespace gatescope
