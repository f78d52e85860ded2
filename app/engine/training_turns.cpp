// The worker's side of the queue of training runs.
#include <malloc.h>

#include <algorithm>
#include <utility>

#include "app/engine/guard.h"
#include "app/engine/runs/run_folder.h"
#include "app/engine/runs/training_run.h"
#include "app/engine/train_command.h"
#include "app/engine/training_queue.h"
#include "app/engine/worker_thread.h"
#include "captures/capture.h"
#include "model/core/error.h"
#include "model/core/last_part.h"

namespace gatescope {
namespace {

constexpr const char* kHeldBack = "waits until the experiment at work has done its step";

std::string whole(std::int64_t steps) {
    return std::to_string(steps) + (steps == 1 ? " step" : " steps");
}

}  // namespace

// The first that waits has the worker to itself until it is done or halted: one that was resumed comes before those
// that came after it.
void TrainingQueue::train_next() {
    RunPointer run;
    bool held_back = false;
    JobTask job = task_("training", JobPriority::kBackground, "Training", "steps");
    {
        const std::lock_guard lock(mutex_);
        if (training_) return;
        const auto first = std::find_if(runs_.begin(), runs_.end(), [](const RunPointer& one) {
            return !one->closed && one->has_folder && one->view->status == "waiting";
        });
        if (first == runs_.end()) return;
        run = *first;
        held_back = !turns_.take(LongTurns::Side::kRuns);
        if (held_back) {
            run->view = with_status(*run->view, "waiting", kHeldBack);
        } else {
            training_ = run;
            run->in_memory = true;
            job_ = job.id;
            job.title = "Training " + run->name;
        }
    }
    if (held_back) return list();
    job.gives_way = true;  // a micro-batch leaves nothing behind where it is cancelled; a toggle waits for none
    job.step = [this, run](JobContext& context) { return turn(*run, context); };
    job.ended = [this, run](const tl::expected<void, Error>& outcome) { ended(*run, outcome); };
    worker_.submit(std::move(job));
}

bool TrainingQueue::turn(Run& run, JobContext& job) {
    run.finished = false;
    if (wish_of(run) != Wish::kTrain) return false;
    if (!run.training) begin(run, job);
    if (view_of(run)->status != "running") show(run, "running");
    const auto shown = view_of(run);
    if (std::exchange(run.clock, &job) != &job) run.clock_step = shown->step;
    job.set_total(static_cast<double>(shown->plan.steps - run.clock_step));
    job.tick(static_cast<double>(shown->step - run.clock_step));
    run.saved = run.unsaved = false;
    run.finished = !run.training->step(job);
    if (!run.finished && std::chrono::steady_clock::now() >= run.next_publish) show(run, "running");
    return !run.finished;
}

// Model, tokenizer and data: from the last checkpoint, or from the beginning where there is none.
void TrainingQueue::begin(Run& run, JobContext& job) {
    job.begin("Preparing " + run.name, "", 0);
    DeviceWish wish;
    wish.device = board_.latest()->settings.device;
    wish.threads = engine_threads();
    run.training = TrainingRun::resume(run.folder, wish, job);
    run.saved = true;
    job.begin("Training " + run.name, "steps", 0);
    run.clock = nullptr;
    const std::lock_guard lock(mutex_);
    run.in_memory = true;
}

void TrainingQueue::show(Run& run, const std::string& status) {
    look(run, status);
    list();
    run.next_publish = std::chrono::steady_clock::now() + kLongWorkShownEvery;
}

// What the run looks like now, and what it is called; where a command wishes something else than `still` by now, that
// command has said what it is called.
void TrainingQueue::look(Run& run, const std::string& status, const std::string& message, std::optional<Wish> still) {
    std::shared_ptr<RunView> view;
    if (run.training) {
        run.training->set_status(status, message);
        view = std::make_shared<RunView>(*run.training->view());
        view->folder = run.folder;
    }
    const std::lock_guard lock(mutex_);
    if (still && run.wish != *still) return;
    run.view = view ? std::move(view) : with_status(*run.view, status, message);
}

// The program's end cancels it, too; end() follows. The turn is given back while this run still has its place, so that
// no other run takes it in between; what the other side begins comes to the worker once this is over.
void TrainingQueue::ended(Run& run, const tl::expected<void, Error>& outcome) {
    turns_.give(LongTurns::Side::kRuns);
    {
        const std::lock_guard lock(mutex_);
        training_.reset();
        job_ = 0;
        run.in_memory = run.training != nullptr;
        // Halted, and resumed before anyone saw to it.
        if (outcome && !run.finished && run.wish == Wish::kTrain && run.view->status == "running")
            run.view = with_status(*run.view, "waiting", {});
    }
    if (!outcome && !outcome.error().cancelled) failed(run, outcome.error());
    if (outcome && run.finished) done(run);
    train_next();
}

void TrainingQueue::done(Run& run) {
    look(run, "done");
    write_capture_of(run);
    let_go(run);
    board_.say(Severity::kSuccess,
               "Trained " + run.name + ": " + whole(view_of(run)->step) + " into " + last_part(run.folder));
    list();
}

// Where there was no room for something, the same may succeed later: all stays as it was.
void TrainingQueue::failed(Run& run, const Error& error) {
    const bool later = error.kind == FailureKind::kOutput || error.kind == FailureKind::kResource;
    look(run, later ? "paused" : "failed", error.message);
    if (!later) {
        write_capture_of(run);
        let_go(run);
    }
    board_.say(Severity::kError, error.message);
    list();
}

// A halted run's checkpoint. Where none can be written, a run that was to stop is paused instead, so that nothing is
// lost; the second time it is let go.
void TrainingQueue::settle(Run& run) {
    const Wish wish = wish_of(run);
    if (wish == Wish::kTrain) return;
    if (const std::string status = view_of(run)->status; status == "done" || status == "failed") return let_go(run);
    const bool told = run.unsaved;
    const auto saved = save(run);
    const std::string message = saved ? "" : saved.error().message;
    if (!saved) board_.say(Severity::kError, message);
    const bool stops = wish == Wish::kStop && (saved || told || is_closed(run));
    look(run, stops ? "stopped" : "paused", message, wish);
    if (stops) {
        write_capture_of(run);
        let_go(run);
    }
    list();
}

tl::expected<bool, Error> TrainingQueue::save(Run& run) {
    if (!run.training || run.saved) return true;
    auto outcome = guarded("The checkpoint of " + run.name, [&] {
        JobContext whole;
        run.training->write_checkpoint(whole);
        return true;
    });
    run.saved = outcome.has_value();
    run.unsaved = !run.saved;
    return outcome;
}

void TrainingQueue::let_go(Run& run) {
    run.training.reset();
    ::malloc_trim(0);
    const std::lock_guard lock(mutex_);
    run.in_memory = false;
    std::erase_if(runs_, [&](const RunPointer& other) { return other->closed && other.get() == &run; });
}

// On the opener, where all of HDF5 is.
void TrainingQueue::write_capture_of(const Run& run) {
    if (!run.training) return;
    const auto bare = run.training->result();
    if (!bare) return;
    auto result = std::make_shared<RunResult>(*bare);
    StartRuns start;
    start.folder = run.folder;
    result->command = train_command(start, "best", (std::filesystem::path(run.folder) / "recipe.json").string());
    opener_.submit(capture_job(
        task_, run.folder,
        [result = std::move(result), path = capture_of_run(run.folder)](JobContext& whole) {
            write_capture(*result, path, true, whole);
        },
        [this, folder = run.folder](const Error& error) { not_written(folder, error); }));
}

// A run that is done goes on, and has nothing left to do but this.
void TrainingQueue::not_written(const std::string& folder, const Error& error) {
    {
        const std::lock_guard lock(mutex_);
        const RunPointer run = find_locked(folder);
        if (run && run->view->status == "done") run->view = with_status(*run->view, "stopped", error.message);
    }
    board_.say(Severity::kError, error.message);
    list();
}

void TrainingQueue::end() {
    std::vector<RunPointer> runs;
    {
        const std::lock_guard lock(mutex_);
        runs = runs_;
    }
    for (const RunPointer& run : runs) {
        if (!run->training) continue;
        if (const auto saved = save(*run); !saved) board_.say(Severity::kError, saved.error().message);
        write_capture_of(*run);
        run->training.reset();
    }
}

}  // namespace gatescope
