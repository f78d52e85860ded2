#include "captures/capture.h"

#include <exception>

#include "analysis/abilities.h"
#include "app/cli/job.h"
#include "app/cli/perplexity_report.h"
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
    add("out", options.out, "");
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
        done = run_text(prepared, options, true, console, job.context());
        write_run(done, options);
    }
    if (done.failure) std::rethrow_exception(done.failure);
    if (done.interrupted)
        console.warn("interrupted after " + std::to_string(done.result->windows_done) + " windows; " + options.out +
                     " holds those and is marked incomplete");
    report(*done.result, options, console);
    return done.status();
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
    return [options](Console& console) { return run(*options, console); };
}

}  // namespace

Verb capture_verb() {
    return {"capture", "Run a model over a text and write what its heads do into a capture (HDF5).",
            "gatescope capture sample --text sample --gate oracle:k=64 --out capture.h5", declare};
}

}  // namespace gatescope
