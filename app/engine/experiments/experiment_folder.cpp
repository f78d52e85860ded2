#include "app/engine/experiments/experiment_folder.h"

#include <nlohmann/json.hpp>
#include <system_error>

#include "app/engine/experiments/experiment_run.h"
#include "app/engine/experiments/outcome_json.h"
#include "app/engine/runs/run_folder.h"
#include "model/checkpoint/json_text.h"
#include "model/core/error.h"
#include "model/core/output_file.h"

namespace gatescope {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr const char* kFile = "experiment.json";
constexpr const char* kOutcome = "outcome.json";
constexpr const char* kFormat = "gatescope-experiment";
constexpr const char* kBusy = "the experiment is being run by another window or program";
constexpr std::uint64_t kMostFileBytes = std::uint64_t{1} << 20U;
constexpr std::uint64_t kMostOutcomeBytes = std::uint64_t{1} << 28U;  // curves grow

bool exists(const fs::path& path) {
    std::error_code ignored;
    return fs::exists(path, ignored);
}

// Does the folder hold what a step leaves?
bool is_step_folder(const fs::path& folder) {
    return is_run_folder(folder) || exists(folder / kOutcome) || exists(folder / "gate.safetensors");
}

// An experiment's own, in a folder that may hold notes beside it; experiment.json, which makes it one, is replaced.
void remove_steps(const fs::path& folder) {
    remove_partials(folder);
    for (const fs::path& path : entries_of(folder)) {
        if (!is_step_folder(path)) continue;
        {
            const FolderHold hold(path, "the run is being trained by another window or program");
        }
        drop_folder(path);
    }
    clear_away(folder / "table.md");
    clear_away(capture_of_experiment(folder));
}

std::string file_text(const ExperimentPlan& plan, const std::string& created) {
    const nlohmann::ordered_json out = {{"format", kFormat},
                                        {"version", 1},
                                        {"created", created},
                                        {"setting", nlohmann::ordered_json::parse(print_setting(plan.setting))}};
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
    if (!exists(path))
        throw Failure(FailureKind::kNotFound, "holds no experiment", folder.string(),
                      "name a folder that `gatescope experiment` or the window made");
    const json from = read_json_object(path, kMostFileBytes);
    if (from.value("format", json()) != kFormat || from.value("version", json()) != 1)
        throw Failure(FailureKind::kBadFile, "is of another program or version", path.string());
    const auto setting = from.find("setting");
    const auto created = from.find("created");
    if (setting == from.end() || created == from.end() || !created->is_string())
        throw Failure(FailureKind::kBadFile, "has no setting, or doesn't say when it was made", path.string());
    return {parse_setting(setting->dump(), path.string()), created->get<std::string>()};
}

void check_experiment_target(const fs::path& folder, bool overwrite) {
    check_can_be_made(folder);
    if (!exists(folder)) return;
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
    if (!exists(path)) return std::nullopt;
    try {
        StepOutcome out = parse_outcome(read_small_file(path, kMostOutcomeBytes), step.work, plan.folder, path.string());
        out.step = step.name;
        return out;
    } catch (const Failure& failure) {
        if (damage != nullptr) *damage = failure.what();
        return std::nullopt;
    }
}

ExperimentFolder ExperimentFolder::create(const ExperimentPlan& plan, const std::string& created, bool overwrite) {
    const fs::path folder = plan.folder;
    check_experiment_target(folder, overwrite);
    make_folders(folder);
    ExperimentFolder out{FolderHold(folder, kBusy)};
    if (is_experiment_folder(folder)) {
        if (!overwrite) check_experiment_target(folder, overwrite);  // another made it in between
        remove_steps(folder);
    }
    write_output_file(folder / kFile, file_text(plan, created), true);
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
    write_output_file(folder / kOutcome, print_outcome(outcome, step.work, plan.folder), true);
}

}  // namespace gatescope
