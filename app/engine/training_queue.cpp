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

std::string name_of(const std::filesystem::path& folder) {
    return folder_name(folder, "the run");
}

std::shared_ptr<const RunView> first_view(const PlacedRun& run, const std::string& status) {
    RunView out;
    out.folder = name_of(run.folder);
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

TrainingQueue::Run::Run(std::shared_ptr<const RunView> first)
    : folder(first->folder), name(first->plan.name), view(std::move(first)) {}
TrainingQueue::Run::~Run() = default;

TrainingQueue::TrainingQueue(Board& board, JobQueue& worker, JobQueue& opener, LongTurns& turns, MakeTask task)
    : board_(board), worker_(worker), opener_(opener), turns_(turns), task_(std::move(task)) {
    turns_.set_begin(LongTurns::Side::kRuns, [this] { train_next(); });
}
TrainingQueue::~TrainingQueue() = default;

TrainingQueue::RunPointer TrainingQueue::find_locked(const std::string& folder) const {
    const auto found = std::find_if(runs_.begin(), runs_.end(),
                                    [&](const RunPointer& run) { return !run->closed && run->folder == folder; });
    return found == runs_.end() ? nullptr : *found;
}

TrainingQueue::RunPointer TrainingQueue::known_locked(const std::string& folder) const {
    if (auto found = find_locked(name_of(folder))) return found;
    throw Failure(FailureKind::kUsage, "is no run of the list", folder, "open it first");
}

TrainingQueue::Wish TrainingQueue::wish_of(const Run& run) const {
    const std::lock_guard lock(mutex_);
    return run.wish;
}

bool TrainingQueue::is_closed(const Run& run) const {
    const std::lock_guard lock(mutex_);
    return run.closed;
}

std::shared_ptr<const RunView> TrainingQueue::view_of(const Run& run) const {
    const std::lock_guard lock(mutex_);
    return run.view;
}

bool TrainingQueue::under_way_locked(const Run& run) {
    return run.in_memory || run.view->status == "waiting" || run.view->status == "running";
}

// In the place of one that was over.
void TrainingQueue::add_locked(RunPointer run) {
    std::erase_if(runs_, [&](const RunPointer& other) { return !other->closed && other->folder == run->folder; });
    runs_.push_back(std::move(run));
}

void TrainingQueue::list() {
    board_.change([this](Snapshot& snapshot) {
        snapshot.runs.clear();
        const std::lock_guard lock(mutex_);
        for (const RunPointer& run : runs_)
            if (!run->closed) snapshot.runs.push_back(run->view);
    });
}

void TrainingQueue::start(const StartRuns& command) {
    const std::string folder = name_of(command.folder);
    const std::vector<PlacedRun> places = placed_runs(command.recipe, folder);
    for (const PlacedRun& place : places) check_inputs(place.plan);
    check_targets(places, folder, command.overwrite);
    std::vector<RunPointer> runs;
    for (const PlacedRun& place : places) runs.push_back(std::make_shared<Run>(first_view(place, "waiting")));
    {
        const std::lock_guard lock(mutex_);
        for (const RunPointer& run : runs)
            if (const auto old = find_locked(run->folder); old && under_way_locked(*old))
                throw Failure(FailureKind::kUsage, "is the folder of a run that is under way", run->folder,
                              "name another one, or stop that run");
        for (const RunPointer& run : runs) add_locked(run);
    }
    list();
    make_folders(std::move(runs), command.overwrite, std::make_shared<const StartRuns>(command));
}

// From then on nothing of them is lost, whenever the program ends.
void TrainingQueue::make_folders(std::vector<RunPointer> runs, bool overwrite, std::shared_ptr<const StartRuns> all) {
    JobTask job = task_({}, JobPriority::kNormal, "Folders of the runs", "");
    job.kind = "make runs " + std::to_string(job.id);  // none takes another's place
    job.listed = false;
    job.outlasts = true;
    job.step = [this, runs = std::move(runs), overwrite, all = std::move(all)](JobContext&) {
        for (const RunPointer& run : runs) make_folder(*run, overwrite);
        train_next();
        if (all && runs.size() > 1) write_recipe_of_runs(all->recipe, all->folder);
        return false;
    };
    opener_.submit(std::move(job));
}

void TrainingQueue::make_folder(Run& run, bool overwrite) {
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
    read_folders(name_of(command.folder), false);
}

void TrainingQueue::read_folders(const std::string& folder, bool go_on) {
    JobTask job = task_({}, JobPriority::kNormal, "Runs of " + last_part(folder), "");
    job.kind = "open runs " + std::to_string(job.id);
    job.listed = false;
    job.step = [this, folder, go_on](JobContext& context) {
        bool taken = false;
        for (const PlacedRun& one : runs_of_folder(folder)) {
            context.tick();
            // The others are shown nevertheless.
            const auto outcome = guarded(one.folder.string(), [&] { return take_in(one, go_on); });
            if (!outcome) board_.say(Severity::kError, outcome.error().message);
            taken = taken || !outcome || *outcome;
        }
        if (!taken) throw Failure(FailureKind::kUsage, "has trained all its steps", folder);
        list();
        train_next();
        return false;
    };
    opener_.submit(std::move(job));
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
    RunPointer run;
    {
        const std::lock_guard lock(mutex_);
        run = find_locked(view->folder);
        if (run && under_way_locked(*run)) return true;
        if (!run) add_locked(run = std::make_shared<Run>(view));
        run->view = view;
        run->has_folder = begun;
        run->wish = Wish::kTrain;
    }
    if (waits && !begun) make_folders({run}, false, nullptr);
    return !go_on || waits;
}

void TrainingQueue::resume(const ResumeRun& command) {
    const std::string folder = name_of(command.folder);
    RunPointer run;
    bool has_folder = false;
    {
        const std::lock_guard lock(mutex_);
        run = find_locked(folder);
        if (run && !go_on_locked(*run)) return;
        has_folder = run && run->has_folder;
    }
    if (!run) return read_folders(folder, true);
    list();
    if (!has_folder) return make_folders({run}, false, nullptr);
    train_next();
}

// False: it is at it already.
bool TrainingQueue::go_on_locked(Run& run) const {
    const std::string& status = run.view->status;
    if (status == "done") throw Failure(FailureKind::kUsage, "has trained all its steps", run.folder);
    const bool at_work = std::exchange(run.wish, Wish::kTrain) == Wish::kTrain;
    if (at_work && (status == "waiting" || status == "running")) return false;
    // One that is told to stop, but has not heard of it yet, goes on as it is.
    if (status != "running" || training_.get() != &run) run.view = with_status(*run.view, "waiting", {});
    return true;
}

void TrainingQueue::pause(const PauseRun& command) {
    RunPointer run;
    {
        const std::lock_guard lock(mutex_);
        run = known_locked(command.folder);
        if (run->view->status != "waiting" && run->view->status != "running") return;
    }
    halt(run, Wish::kPause);
}

void TrainingQueue::stop(const StopRun& command) {
    RunPointer run;
    {
        const std::lock_guard lock(mutex_);
        run = known_locked(command.folder);
        if (!under_way_locked(*run) && run->view->status != "paused") return;
    }
    halt(run, Wish::kStop);
}

void TrainingQueue::close(const CloseRun& command) {
    RunPointer run;
    {
        const std::lock_guard lock(mutex_);
        run = known_locked(command.folder);
        run->closed = true;
    }
    list();
    halt(run, Wish::kStop);
}

bool TrainingQueue::stop_job(std::uint64_t job) {
    RunPointer run;
    {
        const std::lock_guard lock(mutex_);
        if (!training_ || job_ != job) return false;
        run = training_;
    }
    halt(run, Wish::kStop);
    return true;
}

// What is in memory belongs to the worker: a job that is more urgent than training ends the piece at work, and the
// training's own job finds at its next turn that it is not wanted.
void TrainingQueue::halt(const RunPointer& run, Wish wish) {
    bool idle = false;
    {
        const std::lock_guard lock(mutex_);
        run->wish = wish;
        idle = !run->in_memory && training_ != run;
        if (idle && run->view->status == "waiting")
            run->view = with_status(*run->view, wish == Wish::kPause ? "paused" : "stopped", {});
        if (idle) std::erase_if(runs_, [&](const RunPointer& other) { return other == run && run->closed; });
    }
    if (idle) return list();
    JobTask job = task_({}, JobPriority::kNormal, "Checkpoint of " + run->name, "");
    job.kind = "settle run " + std::to_string(job.id);
    job.listed = false;
    job.step = [this, run](JobContext&) {
        settle(*run);
        return false;
    };
    worker_.submit(std::move(job));
}

TrainingQueue::Checkpoint TrainingQueue::checkpoint(const ShowCheckpoint& wish) const {
    const std::lock_guard lock(mutex_);
    const auto run = known_locked(wish.folder);
    for (const RunCheckpoint& checkpoint : run->view->checkpoints)
        if (checkpoint.step == wish.step) return {run->folder, checkpoint.path};
    throw Failure(FailureKind::kNotFound, "has no checkpoint of step " + std::to_string(wish.step), wish.folder);
}

}  // namespace gatescope
