#include "app/engine/experiment_queue.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include "analysis/result_id.h"
#include "app/engine/experiments/experiment_run.h"
#include "app/engine/guard.h"
#include "captures/experiment_file.h"
#include "model/core/error.h"
#include "model/core/last_part.h"

namespace gatescope {
namespace {

namespace fs = std::filesystem;

// The folder itself where it is an experiment's, or the one that it is a step of, else those right below it, by name.
std::vector<fs::path> experiments_in(const fs::path& folder) {
    if (is_experiment_folder(folder)) return {folder};
    if (is_experiment_folder(folder.parent_path())) return {folder.parent_path()};
    std::vector<fs::path> out;
    std::error_code ignored;
    for (const auto& below : fs::directory_iterator(folder, ignored))
        if (is_experiment_folder(below.path())) out.push_back(below.path());
    std::sort(out.begin(), out.end());
    if (out.empty())
        throw Failure(FailureKind::kNotFound, "holds no experiment", folder.string(),
                      "`gatescope experiment` and the layout Experiments make one");
    return out;
}

// In its own folder a capture stands for the experiment itself, which can be gone on with.
fs::path folder_of_capture(const fs::path& path) {
    const fs::path folder = path.parent_path();
    return is_experiment_folder(folder) && capture_of_experiment(folder) == path ? folder : fs::path();
}

}  // namespace

std::shared_ptr<const ExperimentView> with_status(const ExperimentView& view, const std::string& status,
                                                  const std::string& message) {
    auto out = std::make_shared<ExperimentView>(view);
    out->id = next_result_id();
    out->status = status;
    out->message = message;
    out->seconds_left = -1;
    out->at_work.clear();
    out->step_share = 0;
    return out;
}

ExperimentEntry::ExperimentEntry(std::shared_ptr<const ExperimentView> first, std::vector<double> expected_seconds)
    : LongEntry(first, last_part(first->folder)), expected(std::move(expected_seconds)) {}
ExperimentEntry::~ExperimentEntry() = default;

ExperimentQueue::ExperimentQueue(Board& board, JobQueue& worker, JobQueue& opener, LongTurns& turns, MakeTask task)
    : LongQueue(board, worker, opener, turns, std::move(task),
                {.side = LongTurns::Side::kExperiments,
                 .one = "experiment",
                 .kind = "experiment",
                 .title = "Experiment",
                 .kept = "stopped",
                 .all_done = "has done all its steps",
                 .held_back = "waits for the training run at work; where that is paused, this goes on at once"}) {}

// One that was closed may still be writing into it.
void ExperimentQueue::require_free_locked(const std::string& folder) const {
    for (const EntryPointer& entry : entries_)
        if (entry->folder == folder && under_way_locked(*entry))
            throw Failure(FailureKind::kUsage, "is the folder of an experiment that is under way", folder,
                          "name another one, or stop that experiment");
}

// Once its folder is made nothing of it is lost, whenever the program ends.
void ExperimentQueue::start(const StartExperiment& command) {
    const std::string folder = name_of(command.folder);
    {
        const std::lock_guard lock(mutex_);
        require_free_locked(folder);
    }
    on_opener("Starting " + last_part(folder), true,
              [this, command, folder](JobContext& job) { make(command, folder, job); });
}

void ExperimentQueue::make(const StartExperiment& command, const std::string& folder, JobContext& job) {
    {
        const std::lock_guard lock(mutex_);
        require_free_locked(folder);  // the same may have been asked for twice
    }
    ExperimentView view = *ExperimentRun::start(command.setting, folder, command.overwrite, device_wish(), job)->view();
    view.folder = folder;
    put_on_list(*with_status(view, "waiting", {}), proposed_seconds(view));
    list();
    begin_next();
}

// What whoever started it was told.
std::vector<double> ExperimentQueue::proposed_seconds(const ExperimentView& view) const {
    const auto proposal = board_.latest()->proposal;
    const bool same =
        proposal && proposal->plan && view.result->plan && proposal->plan->setting == view.result->plan->setting;
    return same ? proposal->step_seconds : std::vector<double>();
}

// In the place of one that was over.
void ExperimentQueue::put_on_list(ExperimentView view, std::vector<double> expected) {
    auto entry =
        std::make_shared<ExperimentEntry>(std::make_shared<const ExperimentView>(std::move(view)), std::move(expected));
    const std::lock_guard lock(mutex_);
    const auto old = std::find_if(entries_.begin(), entries_.end(), [&](const EntryPointer& other) {
        return !other->closed && other->folder == entry->folder;
    });
    if (old == entries_.end())
        entries_.push_back(std::move(entry));
    else if (!under_way_locked(**old))
        *old = std::move(entry);
}

void ExperimentQueue::open(const OpenExperiment& command) {
    const std::string path = name_of(command.path);
    on_opener("Opening " + last_part(path), false, [this, path](JobContext& job) { read(path, false, job); });
}

void ExperimentQueue::read(const fs::path& path, bool go_on, JobContext& job) {
    std::error_code ignored;
    if (path.extension() == ".h5" || fs::is_regular_file(path, ignored)) {
        if (go_on) throw Failure(FailureKind::kUsage, "is no folder of an experiment", path.string());
        return show_capture(path);
    }
    for (const fs::path& folder : experiments_in(path)) {
        job.tick();
        // The others are shown nevertheless.
        const auto outcome = guarded(folder.string(), [&] {
            take_in(folder, go_on);
            return true;
        });
        if (!outcome) board_.say(Severity::kError, outcome.error().message);
    }
    list();
    begin_next();
}

void ExperimentQueue::take_in(const fs::path& folder, bool go_on) {
    ExperimentView view = *view_of_experiment(folder);
    view.folder = name_of(folder);
    if (go_on && view.status == "done") throw Failure(FailureKind::kUsage, "has done all its steps", view.folder);
    // What another session left so.
    if (view.status == "running" || view.status == "waiting") view = *with_status(view, "stopped", {});
    if (go_on) view = *with_status(view, "waiting", {});
    put_on_list(std::move(view));
}

void ExperimentQueue::show_capture(const fs::path& path) {
    if (const fs::path folder = folder_of_capture(path); !folder.empty()) {
        take_in(folder, false);
        return list();
    }
    ExperimentView view;
    view.id = next_result_id();
    view.folder = name_of(path);
    view.result = read_experiment(path);
    view.status = view.result->status == "done" || view.result->status == "failed" ? view.result->status : "stopped";
    for (const auto& [name, outcome] : view.result->outcomes) view.steps_done += outcome.done ? 1 : 0;
    view.from_capture = true;
    put_on_list(std::move(view));
    list();
}

void ExperimentQueue::resume(const ResumeExperiment& command) {
    const std::string folder = name_of(command.folder);
    EntryPointer entry;
    {
        const std::lock_guard lock(mutex_);
        entry = find_locked(folder);
        if (entry && entry->view->from_capture)
            throw Failure(FailureKind::kUsage, "is a capture, which can't be gone on with", folder,
                          "open the experiment's folder");
        if (entry && !go_on_locked(*entry)) return;
    }
    if (!entry)
        return on_opener("Opening " + last_part(folder), false,
                         [this, folder](JobContext& job) { read(folder, true, job); });
    list();
    begin_next();
}

void ExperimentQueue::stop(const StopExperiment& command) {
    EntryPointer entry;
    {
        const std::lock_guard lock(mutex_);
        entry = known_locked(command.folder);
        if (!under_way_locked(*entry)) return;
    }
    halt(entry, LongWish::kStop);
}

void ExperimentQueue::close(const CloseExperiment& command) {
    take_off(command.folder);
}

}  // namespace gatescope
