#include "app/cli/experiment_options.h"

#include <algorithm>

#include "analysis/experiments/experiments.h"
#include "model/core/error.h"

namespace gatescope {
namespace {

// "tune_steps" -> "--tune-steps"
std::string option_of(std::string key) {
    std::replace(key.begin(), key.end(), '_', '-');
    return "--" + key;
}

// In the order that a user thinks of them: all that says what a new experiment is like.
std::vector<std::string> given_of_setting(const ExperimentOptions& options) {
    std::vector<std::string> out;
    const auto add = [&out](bool given, const std::string& name) {
        if (given) out.push_back(name);
    };
    add(!options.common.model.empty(), "--model");
    add(!options.scale.empty(), "--scale");
    add(options.quick, "--quick");
    add(!options.seeds.empty(), "--seeds");
    for (const ParamSpec& spec : experiment_params()) add(!options.values.at(spec.key).empty(), option_of(spec.key));
    add(!options.changes.empty(), "--set");
    return out;
}

std::string joined(const std::vector<std::string>& words) {
    std::string out;
    for (const std::string& word : words) out += (out.empty() ? "" : ", ") + word;
    return out;
}

void check_params(const ExperimentInfo& info, const ExperimentOptions& options) {
    std::vector<std::string> takes;
    for (const std::string& key : info.params) takes.push_back(option_of(key));
    for (const ParamSpec& spec : experiment_params())
        if (!options.values.at(spec.key).empty() &&
            std::find(info.params.begin(), info.params.end(), spec.key) == info.params.end())
            throw Failure(FailureKind::kUsage, "means nothing in " + info.id, option_of(spec.key),
                          "it takes " + joined(takes));
}

void refuse_beside(const std::string& mode, std::vector<std::string> given, const ExperimentOptions& options,
                   const std::string& hint) {
    if (!options.common.out.empty()) given.emplace_back("--out");
    if (options.common.force) given.emplace_back("--force");
    if (!given.empty()) throw excludes(mode, given.front(), hint);
}

}  // namespace

void add_experiment(CLI::App& app, ExperimentOptions& options) {
    app.add_option("NAME", options.experiment, "which experiment; without a name all are listed")->type_name("");
    app.add_flag("--list", options.list, "list all experiments: what each asks, and of which paper");
    app.add_option("--out", options.common.out, "the folder to make, experiments/NAME unless given")->type_name("DIR");
    app.add_option("--model", options.common.model,
                   "a checkpoint to run on (or the word sample), in place of a model that the experiment trains")
        ->type_name("MODEL");
    std::string scales;
    for (const ExperimentScale& scale : experiment_scales()) scales += "\n" + scale.id + ": " + scale.help;
    app.add_option("--scale", options.scale, "how large:" + scales)->type_name("SCALE");
    app.add_flag("--quick", options.quick, "the same as --scale quick; of a given model a few steps of everything");
    app.add_option("--seeds", options.seeds, "in place of the scale's, as 0,1,2")->type_name("LIST");
    for (const ParamSpec& spec : experiment_params())
        app.add_option((spec.key == "k" ? "-k," : "") + option_of(spec.key), options.values[spec.key], spec.help)
            ->type_name(spec.kind == ParamKind::kText ? "LIST" : "N");
    app.add_option("--set", options.changes, "change a field of the base's recipe, as data.text=mine.txt; repeat it")
        ->type_name("FIELD=VALUE")
        ->expected(1)
        ->take_all();
    app.add_flag("--estimate", options.estimate, "what would be done, and the time it would take; nothing is run");
    app.add_option("--resume", options.resume, "go on with an experiment: steps that are done are kept")
        ->type_name("DIR");
    app.add_option("--show", options.show, "the table of a folder, or of its capture, again; nothing is run")
        ->type_name("DIR|C.h5");
    app.add_flag("--force", options.common.force, "replace an experiment that is in the folder");
    app.add_option("--device", options.common.device, "cpu, cuda, cuda:1 or best")
        ->type_name("DEVICE")
        ->capture_default_str();
    app.add_option("--threads", options.common.threads, "threads to compute with; all cores unless given")
        ->type_name("N");
    add_console(app, options.common);
}

ExperimentMode mode_of(const ExperimentOptions& options) {
    std::vector<std::string> modes;
    if (!options.experiment.empty()) modes.emplace_back("NAME");
    if (options.list) modes.emplace_back("--list");
    if (!options.resume.empty()) modes.emplace_back("--resume");
    if (!options.show.empty()) modes.emplace_back("--show");
    if (modes.size() > 1) throw excludes(modes[0], modes[1], "ask for one at a time");
    const std::vector<std::string> given = given_of_setting(options);
    if (modes.empty() && (!given.empty() || options.estimate))
        throw Failure(FailureKind::kUsage, "NAME is missing", {}, "gatescope experiment --list lists the experiments");
    if (!options.experiment.empty()) return options.estimate ? ExperimentMode::kEstimate : ExperimentMode::kStart;
    if (options.estimate) throw excludes(modes.front(), "--estimate", "an estimate is of an experiment that is named");
    const std::string hint = "the experiment has its setting in its folder; begin another with NAME --out";
    if (!options.resume.empty()) {
        refuse_beside("--resume", given, options, hint);
        return ExperimentMode::kResume;
    }
    refuse_beside(options.show.empty() ? "--list" : "--show", given, options, "nothing is run there");
    return options.show.empty() ? ExperimentMode::kList : ExperimentMode::kShow;
}

ExperimentSetting setting_of(const ExperimentOptions& options) {
    const ExperimentInfo& info = find_experiment(options.experiment);
    check_params(info, options);
    if (options.quick && !options.scale.empty() && options.scale != "quick")
        throw excludes("--quick", "--scale " + options.scale, "--quick is --scale quick");
    ExperimentSetting out;
    out.experiment = info.id;
    out.model = options.common.model;
    out.scale = options.quick            ? "quick"
                : !options.scale.empty() ? options.scale
                : out.model.empty()      ? "tiny"
                                         : "checkpoint";
    out.seeds = seeds_of(options.seeds);
    for (const ParamSpec& spec : experiment_params())
        if (const std::string& given = options.values.at(spec.key); !given.empty())
            out.values[spec.key] = parse_value(spec, given, option_of(spec.key));
    for (const std::string& change : options.changes) (void)change_of(change);
    out.changes = options.changes;
    return out;
}

std::string folder_of(const ExperimentOptions& options) {
    return options.common.out.empty() ? "experiments/" + options.experiment : options.common.out;
}

}  // namespace gatescope
