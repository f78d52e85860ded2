// The worker's side of the queue of training runs.
#include <algorithm>
#include <utility>

#include "app/engine/runs/run_folder.h"
#include "app/engine/runs/training_run.h"
#include "app/engine/train_command.h"
#include "app/engine/training_queue.h"
#include "captures/capture.h"
#include "model/core/last_part.h"

namespace gatescope {
namespace {

std::string whole(std::int64_t steps) {
    return std::to_string(steps) + (steps == 1 ? " step" : " steps");
}

}  // namespace

std::vector<std::shared_ptr<const RunView>>& TrainingQueue::shown_in(Snapshot& snapshot) const {
    return snapshot.runs;
}

// The first that waits has the worker to itself until it is done or halted: one that was resumed comes before those
// that came after it.
TrainingQueue::EntryPointer TrainingQueue::next_locked() const {
    const auto first = std::find_if(entries_.begin(), entries_.end(), [](const EntryPointer& one) {
        return !one->closed && one->has_folder && one->view->status == "waiting";
    });
    return first == entries_.end() ? nullptr : *first;
}

void TrainingQueue::begun(RunEntry& run, JobContext& job) {
    job.begin("Training " + run.name, "steps", 0);
    run.clock = nullptr;
}

bool TrainingQueue::piece(RunEntry& run, JobContext& job) {
    if (view_of(run)->status != "running") show_running(run);
    const auto shown = view_of(run);
    if (std::exchange(run.clock, &job) != &job) run.clock_step = shown->step;
    job.set_total(static_cast<double>(shown->plan.steps - run.clock_step));
    job.tick(static_cast<double>(shown->step - run.clock_step));
    step(run, job);
    if (!run.finished && picture_is_due(run)) show_running(run);
    return !run.finished;
}

void TrainingQueue::write_checkpoint(TrainingRun& training, JobContext& job) {
    training.write_checkpoint(job);
}

void TrainingQueue::write_captures(RunEntry& run) {
    const auto bare = run.work ? run.work->result() : nullptr;
    if (!bare) return;
    auto result = std::make_shared<RunResult>(*bare);
    StartRuns start;
    start.folder = run.folder;
    result->command = train_command(start, "best", (std::filesystem::path(run.folder) / "recipe.json").string());
    capture(run, run.folder, [result = std::move(result), path = capture_of_run(run.folder)](JobContext& whole) {
        write_capture(*result, path, true, whole);
    });
}

std::string TrainingQueue::done_line(const RunEntry& run) const {
    return "Trained " + run.name + ": " + whole(view_of(run)->step) + " into " + last_part(run.folder);
}

}  // namespace gatescope
