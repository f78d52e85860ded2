#include "analysis/abilities.h"
#include "app/cli/job.h"
#include "app/cli/perplexity_report.h"
#include "app/cli/text_run.h"
#include "app/cli/verb.h"

namespace gatescope {
namespace {

RunRequest checked_request(const Options& options) {
    require(options.model, "MODEL");
    require_one_text(options);
    RunRequest request = run_request(options);
    request.concentration = request.agreement = false;
    return request;
}

int run(const Options& options, Console& console) {
    apply(options, console);
    RunRequest request = checked_request(options);
    TextRun done;
    {
        TerminalJob job(console);
        PreparedRun prepared = prepare_run(options, std::move(request), why_no_perplexity, job.context());
        done = run_text(prepared, options, options.json, console, job.context());
    }
    if (done.failure) std::rethrow_exception(done.failure);
    if (done.interrupted) console.warn("interrupted after " + std::to_string(done.result->windows_done) + " windows");
    console.print(options.json ? run_json(*done.result).dump(2) + "\n" : perplexity_table(*done.result));
    return done.status();
}

std::function<int(Console&)> declare(CLI::App& app) {
    auto options = std::make_shared<Options>();
    add_model(app, *options);
    add_run(app, *options);
    add_gates(app, *options);
    return [options](Console& console) { return run(*options, console); };
}

}  // namespace

Verb perplexity_verb() {
    return {"perplexity", "Perplexity of a text, dense and under gates, with intervals and paired differences.",
            "gatescope perplexity sample --text sample --gate oracle:k=64 --gate window:sinks=4,local=60", declare};
}

}  // namespace gatescope
