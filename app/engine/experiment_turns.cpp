// The worker's side of the queue of experiments.
#include <algorithm>

#include "app/engine/experiment_queue.h"
#include "app/engine/experiments/experiment_run.h"
#include "app/engine/experiments/experiment_table.h"
#include "captures/capture.h"
#include "captures/experiment_file.h"

namespace gatescope {

std::vector<std::shared_ptr<const ExperimentView>>& ExperimentQueue::shown_in(Snapshot& snapshot) const {
    return snapshot.experiments;
}

// The first that waits, one that is in memory before the others: a training run was let in between two of its steps.
ExperimentQueue::EntryPointer ExperimentQueue::next_locked() const {
    EntryPointer first;
    for (const EntryPointer& entry : entries_) {
        if (entry->closed || entry->view->status != "waiting") continue;
        if (entry->in_memory) return entry;
        if (!first) first = entry;
    }
    return first;
}

void ExperimentQueue::begun(ExperimentEntry& entry, JobContext&) {
    if (!entry.expected.empty()) entry.work->expect(entry.expected);
    entry.steps_captured = entry.work->view()->steps_done;
}

bool ExperimentQueue::piece(ExperimentEntry& entry, JobContext& job) {
    if (picture_is_due(entry) || view_of(entry)->status != "running") {
        show_running(entry);
        if (view_of(entry)->steps_done > entry.steps_captured) write_captures(entry);
    }
    tell_progress(entry, *view_of(entry), job);
    step(entry, job);
    return !entry.finished && keeps_turn(entry);
}

// The job says which step is under way, and by its clock how long the rest takes: from where this clock began.
void ExperimentQueue::tell_progress(ExperimentEntry& entry, const ExperimentView& view, JobContext& job) {
    const double there = static_cast<double>(view.steps_done) + view.step_share;
    const std::string title = entry.name + (view.at_work.empty() ? "" : ": " + view.at_work);
    if (job.progress().title != title) {
        job.begin(title, "steps", 0);
        entry.progress_from = there;
    }
    const std::size_t steps = view.result && view.result->plan ? view.result->plan->steps.size() : view.steps_done;
    job.set_total(static_cast<double>(steps) - entry.progress_from);
    job.tick(std::max(0.0, there - entry.progress_from));
}

// False: a step is done, nothing large is in memory, and a training run waits.
bool ExperimentQueue::keeps_turn(ExperimentEntry& entry) {
    if (!turns_.other_waits(LongTurns::Side::kExperiments)) {
        entry.steps_seen.reset();
        return true;
    }
    const std::size_t steps = entry.work->view()->steps_done;
    const bool more = entry.steps_seen && steps > *entry.steps_seen;
    entry.steps_seen = steps;
    return !more;
}

void ExperimentQueue::write_checkpoint(ExperimentRun& run, JobContext& job) {
    run.save(job);
}

void ExperimentQueue::write_captures(ExperimentEntry& entry) {
    if (!entry.work) return;
    for (auto& [path, run] : entry.work->take_captures())
        capture(entry, path.string(),
                [path = path, run = run](JobContext& whole) { write_capture(*run, path, true, whole); });
    const auto view = entry.work->view();
    if (!view->result) return;
    entry.steps_captured = view->steps_done;
    const std::filesystem::path path = capture_of_experiment(entry.folder);
    capture(entry, path.string(),
            [path, result = view->result](JobContext& whole) { write_experiment(*result, path, true, whole); });
}

std::string ExperimentQueue::done_line(const ExperimentEntry& entry) const {
    const auto result = view_of(entry)->result;
    return "Experiment " + entry.name + " is done" +
           (result ? ": " + verdict_word(result->summary.verdict) : std::string());
}

}  // namespace gatescope
