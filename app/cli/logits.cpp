#include "app/engine/logits.h"

#include <nlohmann/json.hpp>

#include "analysis/abilities.h"
#include "app/cli/job.h"
#include "app/cli/text_run.h"
#include "app/cli/verb.h"
#include "model/core/output_file.h"

namespace gatescope {
namespace {

int run(const Options& options, Console& console) {
    apply(options, console);
    require(options.model, "MODEL");
    require(options.out, "--out");
    require_one_text(options);
    RunRequest request = run_request(options);
    request.windows = 1;
    check_output_target(options.out, options.force);
    TerminalJob job(console);
    const PreparedRun prepared = prepare_run(options, std::move(request), why_no_logits, job.context());
    load_weights(*prepared.model, false, device_wish(options), job.context());
    write_first_logits(*prepared.model, *prepared.text, options.out, options.force, job.context());
    const std::size_t tokens = prepared.text->windows.front().size();
    if (options.json)
        console.print(nlohmann::ordered_json{{"logits", options.out},
                                             {"tokens", tokens},
                                             {"vocabulary", prepared.model->summary->config.d_vocab}}
                          .dump(2) +
                      "\n");
    else if (!options.quiet)
        console.print("wrote " + options.out + "\n");
    return 0;
}

std::function<int(Console&)> declare(CLI::App& app) {
    auto options = std::make_shared<Options>();
    add_model(app, *options);
    add_text(app, *options);
    add_window(app, *options);
    add_device(app, *options);
    add_console(app, *options);
    add_out(app, *options, "the float32 [T, vocab] .npy to write");
    return [options](Console& console) { return run(*options, console); };
}

}  // namespace

Verb logits_verb() {
    return {"logits", "Logits of a text's first window, as a NumPy file.",
            "gatescope logits sample --text sample --window 512 --out logits.npy", declare};
}

}  // namespace gatescope
