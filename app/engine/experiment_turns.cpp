// The worker's side of the queue of experiments.
#include <malloc.h>

#include <algorithm>
#include <utility>

#include "app/engine/experiment_queue.h"
#include "app/engine/experiments/experiment_run.h"
#include "app/engine/experiments/experiment_table.h"
#include "app/engine/guard.h"
#include "app/engine/worker_thread.h"
#include "captures/capture.h"
#include "captures/experiment_file.h"
#include "model/core/error.h"

namespace gatescope {
namespace {

constexpr const char* kHeldBack = "waits for the training run at work; where that is paused, this goes on at once";

}  // namespace

// The first that waits, one that is in memory before the others: a training run was let in between two of its steps.
void ExperimentQueue::begin_next() {
    EntryPointer entry;
    bool held_back = false;
    JobTask job = task_("experiment", JobPriority::kBackground, "Experiment", "steps");
    {
        const std::lock_guard lock(mutex_);
        if (at_work_) return;
        const auto waits = [](const EntryPointer& one) { return !one->closed && one->view->status == "waiting"; };
        auto next = std::find_if(entries_.begin(), entries_.end(),
                                 [&](const EntryPointer& one) { return waits(one) && one->in_memory; });
        if (next == entries_.end()) next = std::find_if(entries_.begin(), entries_.end(), waits);
        if (next == entries_.end()) return;
        entry = *next;
        held_back = !turns_.take(LongTurns::Side::kExperiments);
        if (held_back) {
            entry->view = with_status(*entry->view, "waiting", kHeldBack);
        } else {
            at_work_ = entry;
            entry->in_memory = true;
            job_ = job.id;
            job.title = "Experiment " + entry->name;
        }
    }
    if (held_back) return list();
    job.gives_way = true;  // a piece leaves nothing behind where it is cancelled; a toggle waits for none
    job.step = [this, entry](JobContext& context) { return turn(*entry, context); };
    job.ended = [this, entry](const tl::expected<void, Error>& outcome) { ended(*entry, outcome); };
    worker_.submit(std::move(job));
}

bool ExperimentQueue::turn(Entry& entry, JobContext& job) {
    entry.finished = false;
    if (wish_of(entry) != Wish::kGoOn) return false;
    if (!entry.run) begin(entry, job);
    const bool due = std::chrono::steady_clock::now() >= entry.next_publish;
    if (due || view_of(entry)->status != "running") show(entry, "running");
    tell_progress(entry, *view_of(entry), job);
    entry.saved = entry.unsaved = false;
    entry.finished = !entry.run->step(job);
    return !entry.finished && keeps_turn(entry);
}

void ExperimentQueue::begin(Entry& entry, JobContext& job) {
    job.begin("Preparing " + entry.name, "", 0);
    DeviceWish wish;
    wish.device = board_.latest()->settings.device;
    wish.threads = engine_threads();
    entry.run = ExperimentRun::resume(entry.folder, wish, job);
    if (!entry.expected.empty()) entry.run->expect(entry.expected);
    entry.saved = true;
    entry.steps_captured = entry.run->view()->steps_done;
}

// The job says which step is under way, and by its clock how long the rest takes: from where this clock began.
void ExperimentQueue::tell_progress(Entry& entry, const ExperimentView& view, JobContext& job) {
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
bool ExperimentQueue::keeps_turn(Entry& entry) {
    if (!turns_.other_waits(LongTurns::Side::kExperiments)) {
        entry.steps_seen.reset();
        return true;
    }
    const std::size_t steps = entry.run->view()->steps_done;
    const bool more = entry.steps_seen && steps > *entry.steps_seen;
    entry.steps_seen = steps;
    return !more;
}

void ExperimentQueue::show(Entry& entry, const std::string& status) {
    look(entry, status);
    list();
    if (view_of(entry)->steps_done > entry.steps_captured) write_captures(entry);
    entry.next_publish = std::chrono::steady_clock::now() + kLongWorkShownEvery;
}

// What the experiment looks like now, and what it is called; where a command wishes something else than `still` by now,
// that command has said what it is called.
void ExperimentQueue::look(Entry& entry, const std::string& status, const std::string& message,
                           std::optional<Wish> still) {
    std::shared_ptr<ExperimentView> view;
    if (entry.run) {
        entry.run->set_status(status, message);
        view = std::make_shared<ExperimentView>(*entry.run->view());
        view->folder = entry.folder;
    }
    const std::lock_guard lock(mutex_);
    if (still && entry.wish != *still) return;
    entry.view = view ? std::move(view) : with_status(*entry.view, status, message);
}

// The turn is given back while this one still has its place, so that no other experiment takes it in between; what the
// other side begins comes to the worker once this is over. The program's end cancels the job, too; end() follows.
void ExperimentQueue::ended(Entry& entry, const tl::expected<void, Error>& outcome) {
    turns_.give(LongTurns::Side::kExperiments);
    bool waits = false;
    {
        const std::lock_guard lock(mutex_);
        at_work_.reset();
        job_ = 0;
        entry.in_memory = entry.run != nullptr;
        // A training run was let in, or it was halted, and resumed before anyone saw to it.
        waits = outcome && !entry.finished && entry.wish == Wish::kGoOn && entry.view->status == "running";
        if (waits) entry.view = with_status(*entry.view, "waiting", {});
    }
    if (waits) list();
    if (!outcome && !outcome.error().cancelled) failed(entry, outcome.error());
    if (outcome && entry.finished) done(entry);
    begin_next();
}

void ExperimentQueue::done(Entry& entry) {
    look(entry, "done");
    write_captures(entry);
    const auto result = view_of(entry)->result;
    let_go(entry);
    board_.say(Severity::kSuccess, "Experiment " + entry.name + " is done" +
                                       (result ? ": " + verdict_word(result->summary.verdict) : std::string()));
    list();
}

// Where there was no room for something, the same may succeed later: all stays as it was, in memory too.
void ExperimentQueue::failed(Entry& entry, const Error& error) {
    const bool later = error.kind == FailureKind::kOutput || error.kind == FailureKind::kResource;
    look(entry, later ? "stopped" : "failed", error.message);
    if (!later) {
        write_captures(entry);
        let_go(entry);
    }
    board_.say(Severity::kError, error.message);
    list();
}

// A halted one is saved, and its memory let go. Where it can't be saved it stays in memory, so that nothing is lost;
// the second time it is let go.
void ExperimentQueue::settle(Entry& entry) {
    if (wish_of(entry) == Wish::kGoOn) return;
    if (const std::string status = view_of(entry)->status; status == "done" || status == "failed") return let_go(entry);
    const bool told = entry.unsaved;
    const auto saved = save(entry);
    const std::string message = saved ? "" : saved.error().message;
    if (!saved) board_.say(Severity::kError, message);
    look(entry, "stopped", message, Wish::kStop);
    if (saved) write_captures(entry);
    if ((saved || told || is_closed(entry)) && wish_of(entry) == Wish::kStop) let_go(entry);
    list();
}

tl::expected<bool, Error> ExperimentQueue::save(Entry& entry) {
    if (!entry.run || entry.saved) return true;
    auto outcome = guarded("The checkpoint of " + entry.name, [&] {
        JobContext whole;
        entry.run->save(whole);
        return true;
    });
    entry.saved = outcome.has_value();
    entry.unsaved = !entry.saved;
    return outcome;
}

void ExperimentQueue::let_go(Entry& entry) {
    entry.run.reset();
    ::malloc_trim(0);
    const std::lock_guard lock(mutex_);
    entry.in_memory = false;
    std::erase_if(entries_, [&](const EntryPointer& other) { return other->closed && other.get() == &entry; });
}

// On the opener, where all of HDF5 is.
void ExperimentQueue::write_captures(Entry& entry) {
    if (!entry.run) return;
    const auto failed = [this, folder = entry.folder](const Error& error) { not_written(folder, error); };
    for (auto& [path, run] : entry.run->take_captures())
        opener_.submit(capture_job(
            task_, path.string(),
            [path = path, run = run](JobContext& whole) { write_capture(*run, path, true, whole); }, failed));
    const auto view = entry.run->view();
    if (!view->result) return;
    entry.steps_captured = view->steps_done;
    const std::filesystem::path path = capture_of_experiment(entry.folder);
    opener_.submit(capture_job(
        task_, path.string(),
        [path, result = view->result](JobContext& whole) { write_experiment(*result, path, true, whole); }, failed));
}

// One that is done goes on, and has nothing left to do but this.
void ExperimentQueue::not_written(const std::string& folder, const Error& error) {
    {
        const std::lock_guard lock(mutex_);
        const EntryPointer entry = find_locked(folder);
        if (entry && entry->view->status == "done") entry->view = with_status(*entry->view, "stopped", error.message);
    }
    board_.say(Severity::kError, error.message);
    list();
}

void ExperimentQueue::end() {
    std::vector<EntryPointer> entries;
    {
        const std::lock_guard lock(mutex_);
        entries = entries_;
    }
    for (const EntryPointer& entry : entries) {
        if (!entry->run) continue;
        if (const auto saved = save(*entry); !saved) board_.say(Severity::kError, saved.error().message);
        look(*entry, "stopped");
        write_captures(*entry);
        entry->run.reset();
    }
}

}  // namespace gatescope
