#include "app/engine/training_queue.h"

#include <algorithm>
#include <utility>

#include "analysis/result_id.h"
#include "app/engine/guard.h"
#include "app/engine/runs/recipe_folder.h"
#include "app/engine/runs/run_capture.h"
#include "app/engine/runs/run_folder.h"
#include "app/engine/runs/training_run.h"
#include "model/core/error.h"
#include "model/core/last_part.h"

namespace gatescope {
namespace {

constexpr const char* kNoCapture =
    "all its steps are trained, but run.h5 is not of all of them: resumed, it is written";

std::shared_ptr<const RunView> first_view(const PlacedRun& run, const std::string& status) {
    RunView out;
    out.folder = folder_name(run.folder, "the run");
    out.plan = run.plan;
    return with_status(out, status, {});
}

}  // namespace

std::shared_ptr<const RunView> with_status(const RunView& view, const std::string& status, const std::string& message) {
    auto out = std::make_shared<RunView>(view);
    out->id = next_result_id();
    out->status = status;
    out->message = message;
    out->seconds_left = -1;
    return out;
}

RunEntry::RunEntry(std::shared_ptr<const RunView> first) : LongEntry(first, first->plan.name) {}
RunEntry::~RunEntry() = default;

TrainingQueue::TrainingQueue(Board& board, JobQueue& worker, JobQueue& opener, LongTurns& turns, MakeTask task)
    : LongQueue(board, worker, opener, turns, std::move(task),
                {.side = LongTurns::Side::kRuns,
                 .one = "run",
                 .kind = "training",
                 .title = "Training",
                 .kept = "paused",
                 .all_done = "has trained all its steps",
                 .held_back = "waits until the experiment at work has done its step"}) {}

// In the place of one that was over.
void TrainingQueue::add_locked(EntryPointer run) {
    std::erase_if(entries_, [&](const EntryPointer& other) { return !other->closed && other->folder == run->folder; });
    entries_.push_back(std::move(run));
}

void TrainingQueue::start(const StartRuns& command) {
    const std::string folder = name_of(command.folder);
    const std::vector<PlacedRun> places = placed_runs(command.recipe, folder);
    for (const PlacedRun& place : places) check_inputs(place.plan);
    check_targets(places, folder, command.overwrite);
    std::vector<EntryPointer> runs;
    for (const PlacedRun& place : places) runs.push_back(std::make_shared<RunEntry>(first_view(place, "waiting")));
    {
        const std::lock_guard lock(mutex_);
        for (const EntryPointer& run : runs)
            if (const auto old = find_locked(run->folder); old && under_way_locked(*old))
                throw Failure(FailureKind::kUsage, "is the folder of a run that is under way", run->folder,
                              "name another one, or stop that run");
        for (const EntryPointer& run : runs) add_locked(run);
    }
    list();
    make_folders(std::move(runs), command.overwrite, std::make_shared<const StartRuns>(command));
}

// From then on nothing of them is lost, whenever the program ends.
void TrainingQueue::make_folders(std::vector<EntryPointer> runs, bool overwrite, std::shared_ptr<const StartRuns> all) {
    on_opener("Folders of the runs", true,
              [this, runs = std::move(runs), overwrite, all = std::move(all)](JobContext&) {
                  for (const EntryPointer& run : runs) make_folder(*run, overwrite);
                  begin_next();
                  if (all && runs.size() > 1) write_recipe_of_runs(all->recipe, all->folder);
              });
}

void TrainingQueue::make_folder(RunEntry& run, bool overwrite) {
    {
        const std::lock_guard lock(mutex_);
        if (run.has_folder) return;  // paused and resumed while the opener had other work
    }
    const auto outcome = guarded("The run's folder", [&] {
        RunFolder::create(run.folder, view_of(run)->plan, overwrite);
        return true;
    });
    {
        const std::lock_guard lock(mutex_);
        run.has_folder = outcome.has_value();
        if (!outcome) run.view = with_status(*run.view, "failed", outcome.error().message);
    }
    if (outcome) return;
    list();
    board_.say(Severity::kError, outcome.error().message);
}

void TrainingQueue::open(const OpenRuns& command) {
    open_folders(name_of(command.folder), false);
}

void TrainingQueue::open_folders(const std::string& folder, bool go_on) {
    on_opener("Runs of " + last_part(folder), false,
              [this, folder, go_on](JobContext& job) { read_folders(folder, go_on, job); });
}

void TrainingQueue::read_folders(const std::string& folder, bool go_on, JobContext& job) {
    bool taken = false;
    for (const PlacedRun& one : runs_of_folder(folder)) {
        job.tick();
        // The others are shown nevertheless.
        const auto outcome = guarded(one.folder.string(), [&] { return take_in(one, go_on); });
        if (!outcome) board_.say(Severity::kError, outcome.error().message);
        taken = taken || !outcome || *outcome;
    }
    if (!taken) throw Failure(FailureKind::kUsage, "has trained all its steps", folder);
    list();
    begin_next();
}

// False: it was to go on, and is done.
bool TrainingQueue::take_in(const PlacedRun& place, bool go_on) {
    const bool begun = is_run_folder(place.folder);
    auto view = std::make_shared<RunView>(begun ? *view_of_folder(place.folder) : *first_view(place, "stopped"));
    view->folder = name_of(place.folder);
    if (view->status == "done" && !capture_is_whole(*view)) {
        view->status = "stopped";
        view->message = kNoCapture;
    }
    const bool waits = go_on && view->status != "done";
    if (waits) view->status = "waiting", view->message.clear();
    EntryPointer run;
    {
        const std::lock_guard lock(mutex_);
        run = find_locked(view->folder);
        if (run && under_way_locked(*run)) return true;
        if (!run) add_locked(run = std::make_shared<RunEntry>(view));
        run->view = view;
        run->has_folder = begun;
        run->wish = LongWish::kGoOn;
    }
    if (waits && !begun) make_folders({run}, false, nullptr);
    return !go_on || waits;
}

void TrainingQueue::resume(const ResumeRun& command) {
    const std::string folder = name_of(command.folder);
    EntryPointer run;
    bool has_folder = false;
    {
        const std::lock_guard lock(mutex_);
        run = find_locked(folder);
        if (run && !go_on_locked(*run)) return;
        has_folder = run && run->has_folder;
    }
    if (!run) return open_folders(folder, true);
    list();
    if (!has_folder) return make_folders({run}, false, nullptr);
    begin_next();
}

void TrainingQueue::pause(const PauseRun& command) {
    EntryPointer run;
    {
        const std::lock_guard lock(mutex_);
        run = known_locked(command.folder);
        if (run->view->status != "waiting" && run->view->status != "running") return;
    }
    halt(run, LongWish::kPause);
}

void TrainingQueue::stop(const StopRun& command) {
    EntryPointer run;
    {
        const std::lock_guard lock(mutex_);
        run = known_locked(command.folder);
        if (!under_way_locked(*run) && run->view->status != "paused") return;
    }
    halt(run, LongWish::kStop);
}

void TrainingQueue::close(const CloseRun& command) {
    take_off(command.folder);
}

TrainingQueue::Checkpoint TrainingQueue::checkpoint(const ShowCheckpoint& wish) const {
    const std::lock_guard lock(mutex_);
    const auto run = known_locked(wish.folder);
    for (const RunCheckpoint& checkpoint : run->view->checkpoints)
        if (checkpoint.step == wish.step) return {run->folder, checkpoint.path};
    throw Failure(FailureKind::kNotFound, "has no checkpoint of step " + std::to_string(wish.step), wish.folder);
}

}  // namespace gatescope
