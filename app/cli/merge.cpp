#include "captures/merge/merge.h"

#include <nlohmann/json.hpp>

#include "app/cli/console.h"
#include "app/cli/job.h"
#include "app/cli/options.h"
#include "app/cli/verb.h"
#include "app/engine/command_line.h"

namespace gatescope {
namespace {

struct MergeOptions : Options {
    std::vector<std::string> captures;
};

std::string command_of(const MergeOptions& options) {
    std::string out = "gatescope merge";
    for (const std::string& capture : options.captures) out += " " + shell_quoted(capture);
    return out + " --out " + shell_quoted(options.out);
}

// "layers 0-3", "all layers"
std::string of(const IndexSet& set, const std::string& what) {
    return set.all() ? "all " + what : what + " " + set.print();
}

std::string summary(const Merged& merged) {
    if (merged.run)
        return of(merged.run->request.layers, "layers") + ", " + of(merged.run->request.heads, "heads") + " of " +
               merged.run->model->name;
    std::string out;
    for (const auto& model : merged.survey->models)
        out += (out.empty() ? "" : "; ") + model->name + ": " + of(model->layers, "layers") + ", " +
               of(model->heads, "heads");
    return out;
}

nlohmann::ordered_json document(const Merged& merged, const std::string& out) {
    nlohmann::ordered_json models = nlohmann::ordered_json::array();
    const auto add = [&models](const std::string& name, const ModelSummary& model, const IndexSet& layers,
                               const IndexSet& heads) {
        models.push_back({{"name", name},
                          {"layers", layers.members(model.config.n_layers)},
                          {"heads", heads.members(model.config.n_heads)}});
    };
    if (merged.run)
        add(merged.run->model->name, *merged.run->model, merged.run->request.layers, merged.run->request.heads);
    else
        for (const auto& model : merged.survey->models) add(model->name, *model->model, model->layers, model->heads);
    return {{"capture", out}, {"kind", merged.run ? "run" : "survey"}, {"models", models}};
}

int run(const MergeOptions& options, Console& console) {
    apply(options, console);
    if (options.captures.empty()) require({}, "CAPTURES");
    require(options.out, "--out");
    MergeRequest request;
    request.captures.assign(options.captures.begin(), options.captures.end());
    request.out = options.out;
    request.overwrite = options.force;
    request.command = command_of(options);
    TerminalJob job(console);
    const Merged merged = merge_captures(request, job.context());
    if (options.json)
        console.print(document(merged, options.out).dump(2) + "\n");
    else if (!options.quiet)
        console.print("wrote " + options.out + " (" + summary(merged) + ")\n");
    return 0;
}

std::function<int(Console&)> declare(CLI::App& app) {
    auto options = std::make_shared<MergeOptions>();
    app.add_option("CAPTURES", options->captures, "two captures (.h5) or more");
    add_out(app, *options, "the capture to write");
    add_console(app, *options);
    return [options](Console& console) { return run(*options, console); };
}

}  // namespace

Verb merge_verb() {
    return {"merge", "Join captures: shards of one run, or spectra of many checkpoints into a survey.",
            "gatescope merge layers-0-14.h5 layers-15-29.h5 --out whole.h5", declare};
}

}  // namespace gatescope
