#include "app/engine/experiments/experiment_folder.h"

#include <nlohmann/json.hpp>
#include <set>
#include <system_error>

#include "app/engine/experiments/experiment_run.h"
#include "app/engine/experiments/outcome_json.h"
#include "model/checkpoint/json_text.h"
#include "model/core/error.h"
#include "model/core/output_file.h"

namespace gatescope {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr const char* kFile = "experiment.json";
constexpr const char* kOutcome = "outcome.json";
constexpr const char* kTable = "table.md";
constexpr const char* kFormat = "gatescope-experiment";
constexpr const char* kBusy = "the experiment is being run by another window or program";
constexpr std::uint64_t kMostFileBytes = std::uint64_t{1} << 20U;
constexpr std::uint64_t kMostOutcomeBytes = std::uint64_t{1} << 28U;  // curves grow

bool is_there(const fs::path& path) {
    std::error_code ignored;
    return fs::exists(path, ignored);
}

json contents_of(const fs::path& folder) {
    const fs::path path = folder / kFile;
    json out = read_json_object(path, kMostFileBytes);
    if (out.value("format", json()) != kFormat || out.value("version", json()) != 1)
        throw Failure(FailureKind::kBadFile, "is of another program or version", path.string());
    return out;
}

// Folders of the experiment that lies there and of the one that is to come.
std::set<std::string> step_names(const fs::path& folder, const ExperimentPlan& plan) {
    std::set<std::string> out;
    for (const ExperimentStep& step : plan.steps) out.insert(step.name);
    try {
        const json there = contents_of(folder);
        if (const auto steps = there.find("steps"); steps != there.end() && steps->is_array())
            for (const json& name : *steps)
                if (name.is_string()) out.insert(name.get<std::string>());
    } catch (const Failure&) {  // damaged: what it had is not known
    }
    std::erase_if(out, [](const std::string& name) { return name.empty() || fs::path(name).filename() != name; });
    return out;
}

// Its own, in a folder that may hold notes beside it; experiment.json, which makes it one, is replaced.
void remove_steps(const fs::path& folder, const ExperimentPlan& plan) {
    remove_partials(folder);
    for (const std::string& name : step_names(folder, plan)) {
        std::error_code ignored;
        if (!fs::is_directory(folder / name, ignored) || name == "." || name == "..") continue;
        { const FolderHold hold(folder / name, "the run is being trained by another window or program"); }
        drop_folder(folder / name);
    }
    clear_away(folder / kTable);
    clear_away(capture_of_experiment(folder));
}

std::string file_text(const ExperimentPlan& plan, const ExperimentFile& file) {
    nlohmann::ordered_json steps = nlohmann::ordered_json::array();
    for (const ExperimentStep& step : plan.steps) steps.push_back(step.name);
    const nlohmann::ordered_json out = {{"format", kFormat},
                                        {"version", 1},
                                        {"created", file.created},
                                        {"setting", nlohmann::ordered_json::parse(print_setting(file.setting))},
                                        {"data_sha256", file.inputs.data_sha256},
                                        {"model_sha256", file.inputs.model_sha256},
                                        {"steps", std::move(steps)}};
    return out.dump(1) + "\n";
}

}  // namespace

bool is_experiment_folder(const fs::path& folder) {
    std::error_code ignored;
    return fs::is_regular_file(folder / kFile, ignored);
}

fs::path capture_of_experiment(const fs::path& folder) {
    return folder / "experiment.h5";
}

ExperimentFile read_experiment_file(const fs::path& folder) {
    const fs::path path = folder / kFile;
    if (!is_there(path))
        throw Failure(FailureKind::kNotFound, "holds no experiment", folder.string(),
                      "name a folder that `gatescope experiment` or the window made");
    const json from = contents_of(folder);
    const auto setting = from.find("setting");
    if (setting == from.end()) throw Failure(FailureKind::kBadFile, "has no setting", path.string());
    const auto words = [&](const char* key) {
        const auto found = from.find(key);
        if (found == from.end() || !found->is_string())
            throw Failure(FailureKind::kBadFile, std::string("has no ") + key, path.string());
        return found->get<std::string>();
    };
    return {
        parse_setting(setting->dump(), path.string()), words("created"), {words("data_sha256"), words("model_sha256")}};
}

void check_experiment_target(const fs::path& folder, bool overwrite) {
    check_can_be_made(folder);
    if (!is_there(folder)) return;
    if (is_experiment_folder(folder)) {
        if (overwrite) return;
        throw Failure(FailureKind::kUsage, "holds an experiment already", folder.string(),
                      "go on with it (--resume), overwrite it (--force) or name another folder");
    }
    if (holds_anything(folder))
        throw Failure(FailureKind::kUsage, "holds other things than an experiment", folder.string(),
                      "name a new folder");
}

fs::path folder_of_step(const ExperimentPlan& plan, const ExperimentStep& step) {
    return fs::path(plan.folder) / step.name;
}

std::optional<StepOutcome> outcome_of_step(const ExperimentPlan& plan, const ExperimentStep& step,
                                           std::string* damage) {
    const fs::path path = folder_of_step(plan, step) / kOutcome;
    if (!is_there(path)) return std::nullopt;
    try {
        StepOutcome out = parse_outcome(read_small_file(path, kMostOutcomeBytes), step.work, plan, path.string());
        out.step = step.name;
        return out;
    } catch (const Failure& failure) {
        if (damage != nullptr) *damage = failure.what();
        return std::nullopt;
    }
}

ExperimentFolder ExperimentFolder::create(const ExperimentPlan& plan, const ExperimentFile& file, bool overwrite) {
    const fs::path folder = plan.folder;
    check_experiment_target(folder, overwrite);
    make_folders(folder);
    ExperimentFolder out{FolderHold(folder, kBusy)};
    if (is_experiment_folder(folder)) {
        if (!overwrite) check_experiment_target(folder, overwrite);  // another made it in between
        remove_steps(folder, plan);
    }
    write_output_file(folder / kFile, file_text(plan, file), true);
    return out;
}

ExperimentFolder ExperimentFolder::open(const fs::path& folder) {
    (void)read_experiment_file(folder);
    ExperimentFolder out{FolderHold(folder, kBusy)};
    remove_partials(folder);
    return out;
}

void ExperimentFolder::write_outcome(const ExperimentPlan& plan, const ExperimentStep& step,
                                     const StepOutcome& outcome) const {
    const fs::path folder = folder_of_step(plan, step);
    make_folders(folder);
    write_outcome_in(folder, plan, step, outcome);
}

void ExperimentFolder::write_outcome_in(const fs::path& folder, const ExperimentPlan& plan, const ExperimentStep& step,
                                        const StepOutcome& outcome) {
    write_output_file(folder / kOutcome, print_outcome(outcome, step.work, plan), true);
}

void ExperimentFolder::write_table(const ExperimentPlan& plan, const std::string& markdown) const {
    write_output_file(fs::path(plan.folder) / kTable, markdown, true);
}

}  // namespace gatescope
