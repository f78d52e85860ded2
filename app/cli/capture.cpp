#include "captures/capture.h"

#include <exception>

#include "analysis/abilities.h"
#include "analysis/spectra/merged_spectra.h"
#include "analysis/spectra/weight_spectra.h"
#include "app/cli/job.h"
#include "app/cli/perplexity_report.h"
#include "app/cli/spectra_report.h"
#include "app/cli/text_run.h"
#include "app/cli/verb.h"
#include "app/engine/command_line.h"

namespace gatescope {
namespace {

// The command line that makes the same, folders cut by the writer.
std::string command_of(const Options& options) {
    std::string out = "gatescope capture " + shell_quoted(options.model);
    const auto add = [&out](const char* name, const std::string& value, const char* unless) {
        if (value != unless) out += std::string(" --") + name + " " + shell_quoted(value);
    };
    const auto add_flag = [&out](const char* name, bool on) {
        if (on) out += std::string(" --") + name;
    };
    add("text", options.text, "");
    add("tokens", options.tokens, "");
    add("window", options.window, "");
    add("windows", options.windows, "");
    add("device", options.device, "best");
    add("dtype", options.dtype, "float32");
    add("layers", options.layers, "");
    add("heads", options.heads, "");
    add("seed", options.seed, "0");
    for (const std::string& gate : options.gates) add("gate", gate, "");
    add_flag("patterns", options.patterns);
    add_flag("masks", options.masks);
    add("mask-windows", options.mask_windows, "1");
    add_flag("induction", options.induction);
    add_flag("weight-spectra", options.weight_spectra);
    add("delta", options.delta, "0");
    add_flag("spectra-controls", options.spectra_controls);
    add_flag("activation-spectra", options.activation_spectra);
    add_flag("cosines", options.cosines);
    add("out", options.out, "");
    return out;
}

// Of the checkpoint's weights, which the run does not touch; nullptr where none are asked for.
std::shared_ptr<const Spectra> weight_spectra(const PreparedRun& prepared, JobContext& job) {
    const RunRequest& request = prepared.request;
    if (!request.spectra.weights()) return nullptr;
    WeightSpectraRun run(prepared.model->reader, prepared.model->summary->config, request.layers, request.heads,
                         request.spectra);
    job.begin("Weight spectra", "layers", run.total());
    while (run.step(job)) job.tick(run.done());
    return run.result();
}

std::shared_ptr<const RunResult> with_weights(const RunResult& run, const Spectra* weights) {
    auto out = std::make_shared<RunResult>(run);
    out->spectra = merged(weights, run.spectra.get());
    return out;
}

// Written even when the run was cut short: what is whole is kept, marked incomplete. Ctrl-C no longer counts here.
void write_run(const TextRun& done, const Options& options) {
    RunResult run = *done.result;
    run.command = command_of(options);
    if (done.failure || done.interrupted) run.complete = false;
    JobContext job;
    write_capture(run, options.out, options.force, job);
}

void report(const RunResult& run, const Options& options, Console& console) {
    if (options.json) {
        nlohmann::ordered_json document = {{"capture", options.out}};
        document.update(run_json(run));
        if (run.spectra) document["spectra"] = figures_json(*run.spectra);
        console.print(document.dump(2) + "\n");
    } else if (!options.quiet) {
        const bool losses = why_no_perplexity(run.model->config).empty();
        console.print((losses ? perplexity_table(run) : "") + "wrote " + options.out + "\n");
    }
}

int run(const Options& options, Console& console) {
    apply(options, console);
    require(options.model, "MODEL");
    require(options.out, "--out");
    require_one_text(options);
    RunRequest request = run_request(options);
    check_capture_target(options.out, options.force);
    TextRun done;
    {
        TerminalJob job(console);
        PreparedRun prepared = prepare_run(options, std::move(request), nullptr, job.context());
        const std::shared_ptr<const Spectra> weights = weight_spectra(prepared, job.context());
        done = run_text(prepared, options, true, console, job.context());
        done.result = with_weights(*done.result, weights.get());
        write_run(done, options);
    }
    if (done.failure) std::rethrow_exception(done.failure);
    if (done.interrupted)
        console.warn("interrupted after " + std::to_string(done.result->windows_done) + " windows; " + options.out +
                     " holds those and is marked incomplete");
    report(*done.result, options, console);
    return done.status();
}

void add_spectra(CLI::App& app, Options& options) {
    app.add_flag("--weight-spectra", options.weight_spectra, "also the spectra of the heads' kernels, raw and folded");
    app.add_option("--delta", options.delta, "offset query - key at which rotary kernels are taken")
        ->type_name("N")
        ->capture_default_str();
    app.add_flag("--spectra-controls", options.spectra_controls,
                 "random kernels of equal shape and random projections beside the weight spectra");
    app.add_flag("--activation-spectra", options.activation_spectra,
                 "also the spectra of the heads' scores, means over the windows");
    app.add_flag("--cosines", options.cosines, "also cosine similarity of attended and of other pairs of tokens");
}

std::function<int(Console&)> declare(CLI::App& app) {
    auto options = std::make_shared<Options>();
    add_model(app, *options);
    add_run(app, *options);
    add_analysed(app, *options);
    add_out(app, *options, "the capture to write");
    add_gates(app, *options);
    app.add_flag("--patterns", options->patterns, "keep the attention probabilities of all analysed heads");
    app.add_flag("--masks", options->masks, "keep the key sets of the gates");
    app.add_option("--mask-windows", options->mask_windows, "of how many windows --masks keeps them")
        ->type_name("N")
        ->capture_default_str();
    app.add_flag("--induction", options->induction, "also the two scores on a repeated random sequence");
    add_spectra(app, *options);
    return [options](Console& console) { return run(*options, console); };
}

}  // namespace

Verb capture_verb() {
    return {"capture", "Run a model over a text and write what its heads do into a capture (HDF5).",
            "gatescope capture sample --text sample --gate oracle:k=64 --out capture.h5", declare};
}

}  // namespace gatescope
