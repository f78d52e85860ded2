#include "app/engine/experiments/adopted_runs.h"

#include <algorithm>
#include <system_error>

#include "app/engine/experiments/experiment_folder.h"
#include "app/engine/experiments/experiment_run.h"
#include "app/engine/runs/folder_sync.h"
#include "app/engine/runs/held_folder.h"
#include "app/engine/runs/run_checkpoint.h"
#include "app/engine/runs/run_folder.h"
#include "app/engine/runs/training_run.h"
#include "model/core/error.h"
#include "model/core/last_part.h"

namespace gatescope {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostBeside = 1000;

std::vector<fs::path> folders_beside(const fs::path& folder) {
    std::vector<fs::path> out;
    std::error_code error;
    for (fs::directory_iterator entry(folder.parent_path(), error), end;
         !error && entry != end && out.size() < kMostBeside; entry.increment(error)) {
        std::error_code ignored;
        if (entry->is_directory(ignored) && entry->path() != folder) out.push_back(entry->path());
    }
    std::sort(out.begin(), out.end());
    return out;
}

bool is_finished_run(const fs::path& folder, const Recipe& recipe) {
    try {
        return is_run_folder(folder) && plan_of_run(folder).recipe == recipe &&
               view_of_folder(folder)->status == "done";
    } catch (const Failure&) {
        return false;
    }
}

// What can't be read is not taken over.
bool was_trained_on(const fs::path& run, const TrainedOn& wanted) {
    try {
        const RunNotes notes = checkpoint_notes(checkpoints_of_run(run).back().path);
        return notes.data_sha256 == wanted.data_sha256 && notes.device == wanted.device;
    } catch (const Failure&) {
        return false;
    }
}

// Files of runs are replaced whole, never written into: two folders may share them.
void share_file(const fs::path& from, const fs::path& to) {
    std::error_code error;
    fs::create_hard_link(from, to, error);
    if (error) fs::copy_file(from, to, error);
    if (error) throw_output(to, "can't be copied from the experiment beside", error.value());
}

bool belongs_to_run(const fs::path& path) {
    const std::string name = path.filename().string();
    return name != kLock && name != "outcome.json" && !name.ends_with(kPartial);
}

void copy_files(const fs::path& from, const fs::path& to) {
    make_folders(to);
    for (const fs::path& path : entries_of(from)) {
        std::error_code ignored;
        if (belongs_to_run(path) && fs::is_regular_file(path, ignored)) share_file(path, to / path.filename());
    }
    sync_folder(to);
}

void copy_run(const fs::path& from, const fs::path& to) {
    copy_files(from, to);
    for (const RunCheckpoint& checkpoint : checkpoints_of_run(from))
        copy_files(checkpoint.path, to / last_part(checkpoint.path));
    sync_folder(to);
}

StepOutcome outcome_of_run(const ExperimentStep& step, const fs::path& run, const std::string& from) {
    const auto view = view_of_folder(run);
    StepOutcome out;
    out.step = step.name;
    out.done = true;
    out.seconds = view->seconds;
    out.device = checkpoint_notes(view->checkpoints.back().path).device;
    out.adopted = from;
    if (view->curve) out.curves = {view->curve};
    return out;
}

// Finished ones with the step's very recipe.
std::vector<fs::path> runs_beside(const ExperimentPlan& plan, const ExperimentStep& step) {
    const auto* training = std::get_if<TrainWork>(&step.work);
    if (training == nullptr) return {};
    const TrainPlan wanted = train_plans(training->recipe).at(0);
    if (!wanted.from_scratch || wanted.gate.find("file=") != std::string::npos) return {};
    std::vector<fs::path> out;
    for (const fs::path& beside : folders_beside(plan.folder))
        if (is_experiment_folder(beside) && is_finished_run(beside / step.name, wanted.recipe))
            out.push_back(beside / step.name);
    return out;
}

}  // namespace

fs::path run_to_adopt(const ExperimentPlan& plan, const ExperimentStep& step) {
    const std::vector<fs::path> runs = runs_beside(plan, step);
    return runs.empty() ? fs::path() : runs.front();
}

std::optional<StepOutcome> adopt_run(const ExperimentPlan& plan, const ExperimentStep& step, const TrainedOn& wanted) {
    const std::vector<fs::path> runs = runs_beside(plan, step);
    const auto found = std::ranges::find_if(runs, [&](const fs::path& run) { return was_trained_on(run, wanted); });
    if (found == runs.end()) return std::nullopt;
    const fs::path folder = folder_of_step(plan, step), scratch = folder.string() + kPartial;
    clear_away(scratch);
    try {
        copy_run(*found, scratch);
        StepOutcome out = outcome_of_run(step, scratch, found->parent_path().filename().string());
        ExperimentFolder::write_outcome_in(scratch, plan, step, out);
        sync_folder(scratch);
        swap_in_folder(scratch, folder);
        return out;
    } catch (...) {
        std::error_code ignored;
        fs::remove_all(scratch, ignored);
        throw;
    }
}

}  // namespace gatescope
