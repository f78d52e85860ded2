#include "app/engine/long_queue.h"

#include <malloc.h>

#include <algorithm>

#include "app/engine/experiment_queue.h"
#include "app/engine/experiments/experiment_run.h"
#include "app/engine/guard.h"
#include "app/engine/runs/training_run.h"
#include "app/engine/training_queue.h"
#include "app/engine/worker_thread.h"
#include "model/core/error.h"

namespace gatescope {

template <class Entry>
LongQueue<Entry>::LongQueue(Board& board, JobQueue& worker, JobQueue& opener, LongTurns& turns, MakeTask task,
                            LongWords words)
    : board_(board), turns_(turns), worker_(worker), opener_(opener), task_(std::move(task)), words_(std::move(words)) {
    turns_.set_begin(words_.side, [this] { begin_next(); });
}

template <class Entry>
LongQueue<Entry>::~LongQueue() = default;

template <class Entry>
std::string LongQueue<Entry>::name_of(const std::string& folder) const {
    return folder_name(folder, "the " + words_.one);
}

template <class Entry>
auto LongQueue<Entry>::find_locked(const std::string& folder) const -> EntryPointer {
    const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const EntryPointer& entry) {
        return !entry->closed && entry->folder == folder;
    });
    return found == entries_.end() ? nullptr : *found;
}

template <class Entry>
auto LongQueue<Entry>::known_locked(const std::string& folder) const -> EntryPointer {
    if (auto found = find_locked(name_of(folder))) return found;
    throw Failure(FailureKind::kUsage, "is no " + words_.one + " of the list", folder, "open it first");
}

template <class Entry>
bool LongQueue<Entry>::under_way_locked(const Entry& entry) {
    return entry.in_memory || entry.view->status == "waiting" || entry.view->status == "running";
}

template <class Entry>
bool LongQueue<Entry>::lists(const std::string& folder) const {
    const std::lock_guard lock(mutex_);
    return find_locked(name_of(folder)) != nullptr;
}

template <class Entry>
void LongQueue<Entry>::list() {
    board_.change([this](Snapshot& snapshot) {
        auto& shown = shown_in(snapshot);
        shown.clear();
        const std::lock_guard lock(mutex_);
        for (const EntryPointer& entry : entries_)
            if (!entry->closed) shown.push_back(entry->view);
    });
}

template <class Entry>
void LongQueue<Entry>::on_opener(const std::string& title, bool outlasts, std::function<void(JobContext&)> piece) {
    JobTask job = task_({}, JobPriority::kNormal, title, "");
    job.kind = words_.one + "s " + std::to_string(job.id);  // none takes another's place
    job.listed = false;
    job.outlasts = outlasts;
    job.step = [piece = std::move(piece)](JobContext& context) {
        piece(context);
        return false;
    };
    opener_.submit(std::move(job));
}

template <class Entry>
bool LongQueue<Entry>::go_on_locked(Entry& entry) const {
    const std::string& status = entry.view->status;
    if (status == "done") throw Failure(FailureKind::kUsage, words_.all_done, entry.folder);
    const bool at_work = std::exchange(entry.wish, LongWish::kGoOn) == LongWish::kGoOn;
    if (at_work && (status == "waiting" || status == "running")) return false;
    // One that is told to stop, but has not heard of it yet, goes on as it is.
    if (status != "running" || at_work_.get() != &entry) entry.view = with_status(*entry.view, "waiting", {});
    return true;
}

// What is in memory belongs to the worker: a job that is more urgent ends the piece at work, and the work's own job
// finds at its next turn that it is not wanted.
template <class Entry>
void LongQueue<Entry>::halt(const EntryPointer& entry, LongWish wish) {
    bool idle = false;
    {
        const std::lock_guard lock(mutex_);
        entry->wish = wish;
        idle = !entry->in_memory && at_work_ != entry;
        if (idle && entry->view->status == "waiting")
            entry->view = with_status(*entry->view, wish == LongWish::kPause ? "paused" : "stopped", {});
        if (idle) std::erase_if(entries_, [&](const EntryPointer& other) { return other == entry && entry->closed; });
    }
    if (idle) return list();
    JobTask job = task_({}, JobPriority::kNormal, "Checkpoint of " + entry->name, "");
    job.kind = "settle " + words_.one + " " + std::to_string(job.id);
    job.listed = false;
    job.step = [this, entry](JobContext&) {
        settle(*entry);
        return false;
    };
    worker_.submit(std::move(job));
}

template <class Entry>
void LongQueue<Entry>::take_off(const std::string& folder) {
    EntryPointer entry;
    {
        const std::lock_guard lock(mutex_);
        entry = known_locked(folder);
        entry->closed = true;
    }
    list();
    halt(entry, LongWish::kStop);
}

template <class Entry>
bool LongQueue<Entry>::stop_job(std::uint64_t job) {
    EntryPointer entry;
    {
        const std::lock_guard lock(mutex_);
        if (!at_work_ || job_ != job) return false;
        entry = at_work_;
    }
    halt(entry, LongWish::kStop);
    return true;
}

template <class Entry>
DeviceWish LongQueue<Entry>::device_wish() const {
    DeviceWish wish;
    wish.device = board_.latest()->settings.device;
    wish.threads = engine_threads();
    return wish;
}

template <class Entry>
LongWish LongQueue<Entry>::wish_of(const Entry& entry) const {
    const std::lock_guard lock(mutex_);
    return entry.wish;
}

template <class Entry>
bool LongQueue<Entry>::is_closed(const Entry& entry) const {
    const std::lock_guard lock(mutex_);
    return entry.closed;
}

template <class Entry>
auto LongQueue<Entry>::view_of(const Entry& entry) const -> std::shared_ptr<const View> {
    const std::lock_guard lock(mutex_);
    return entry.view;
}

template <class Entry>
void LongQueue<Entry>::begin_next() {
    EntryPointer entry;
    bool held_back = false;
    JobTask job = task_(words_.kind, JobPriority::kBackground, words_.title, "steps");
    {
        const std::lock_guard lock(mutex_);
        if (at_work_) return;
        entry = next_locked();
        if (!entry) return;
        held_back = !turns_.take(words_.side);
        if (held_back) {
            entry->view = with_status(*entry->view, "waiting", words_.held_back);
        } else {
            at_work_ = entry;
            entry->in_memory = true;
            job_ = job.id;
            job.title = words_.title + " " + entry->name;
        }
    }
    if (held_back) return list();
    job.gives_way = true;  // a piece leaves nothing behind where it is cancelled; a toggle waits for none
    job.step = [this, entry](JobContext& context) { return turn(*entry, context); };
    job.ended = [this, entry](const tl::expected<void, Error>& outcome) { ended(*entry, outcome); };
    worker_.submit(std::move(job));
}

template <class Entry>
bool LongQueue<Entry>::turn(Entry& entry, JobContext& job) {
    entry.finished = false;
    if (wish_of(entry) != LongWish::kGoOn) return false;
    if (!entry.work) begin(entry, job);
    return piece(entry, job);
}

// From its last checkpoint, or from the beginning where there is none.
template <class Entry>
void LongQueue<Entry>::begin(Entry& entry, JobContext& job) {
    job.begin("Preparing " + entry.name, "", 0);
    entry.work = Work::resume(entry.folder, device_wish(), job);
    entry.saved = true;
    begun(entry, job);
    const std::lock_guard lock(mutex_);
    entry.in_memory = true;
}

template <class Entry>
void LongQueue<Entry>::step(Entry& entry, JobContext& job) {
    entry.saved = entry.unsaved = false;
    entry.finished = !entry.work->step(job);
}

template <class Entry>
bool LongQueue<Entry>::picture_is_due(const Entry& entry) {
    return std::chrono::steady_clock::now() >= entry.next_publish;
}

template <class Entry>
void LongQueue<Entry>::show_running(Entry& entry) {
    look(entry, "running");
    list();
    entry.next_publish = std::chrono::steady_clock::now() + kLongWorkShownEvery;
}

// What the work looks like now, and what it is called; where a command wishes something else than `still` by now, that
// command has said what it is called.
template <class Entry>
void LongQueue<Entry>::look(Entry& entry, const std::string& status, const std::string& message,
                            std::optional<LongWish> still) {
    std::shared_ptr<View> view;
    if (entry.work) {
        entry.work->set_status(status, message);
        view = std::make_shared<View>(*entry.work->view());
        view->folder = entry.folder;
    }
    const std::lock_guard lock(mutex_);
    if (still && entry.wish != *still) return;
    entry.view = view ? std::move(view) : with_status(*entry.view, status, message);
}

// The turn is given back while this one still has its place, so that no other of the queue takes it in between; what
// the other side begins comes to the worker once this is over. The program's end cancels the job, too; end() follows.
template <class Entry>
void LongQueue<Entry>::ended(Entry& entry, const tl::expected<void, Error>& outcome) {
    turns_.give(words_.side);
    bool waits = false;
    {
        const std::lock_guard lock(mutex_);
        at_work_.reset();
        job_ = 0;
        entry.in_memory = entry.work != nullptr;
        // The other queue was let in, or it was halted, and resumed before anyone saw to it.
        waits = outcome && !entry.finished && entry.wish == LongWish::kGoOn && entry.view->status == "running";
        if (waits) entry.view = with_status(*entry.view, "waiting", {});
    }
    if (waits) list();
    if (!outcome && !outcome.error().cancelled) failed(entry, outcome.error());
    if (outcome && entry.finished) done(entry);
    begin_next();
}

template <class Entry>
void LongQueue<Entry>::done(Entry& entry) {
    look(entry, "done");
    write_captures(entry);
    let_go(entry);
    board_.say(Severity::kSuccess, done_line(entry));
    list();
}

// Where there was no room for something, the same may succeed later: all stays as it was, in memory too.
template <class Entry>
void LongQueue<Entry>::failed(Entry& entry, const Error& error) {
    const bool later = error.kind == FailureKind::kOutput || error.kind == FailureKind::kResource;
    look(entry, later ? words_.kept : "failed", error.message);
    if (!later) {
        write_captures(entry);
        let_go(entry);
    }
    board_.say(Severity::kError, error.message);
    list();
}

// A halted one is saved, and its memory let go where it is to stop. Where it can't be saved it stays in memory, so that
// nothing is lost; the second time it is let go. One that was resumed meanwhile keeps its memory.
template <class Entry>
void LongQueue<Entry>::settle(Entry& entry) {
    const LongWish wish = wish_of(entry);
    if (wish == LongWish::kGoOn) return;
    if (const std::string status = view_of(entry)->status; status == "done" || status == "failed") return let_go(entry);
    const bool told = entry.unsaved;
    const auto saved = save(entry);
    const std::string message = saved ? "" : saved.error().message;
    if (!saved) board_.say(Severity::kError, message);
    const bool stops = wish == LongWish::kStop && (saved || told || is_closed(entry));
    look(entry, stops ? "stopped" : words_.kept, message, wish);
    if (stops) write_captures(entry);
    if (stops && wish_of(entry) == wish) let_go(entry);
    list();
}

template <class Entry>
tl::expected<bool, Error> LongQueue<Entry>::save(Entry& entry) {
    if (!entry.work || entry.saved) return true;
    auto outcome = guarded("The checkpoint of " + entry.name, [&] {
        JobContext whole;
        write_checkpoint(*entry.work, whole);
        return true;
    });
    entry.saved = outcome.has_value();
    entry.unsaved = !entry.saved;
    return outcome;
}

template <class Entry>
void LongQueue<Entry>::let_go(Entry& entry) {
    entry.work.reset();
    ::malloc_trim(0);
    const std::lock_guard lock(mutex_);
    entry.in_memory = false;
    std::erase_if(entries_, [&](const EntryPointer& other) { return other->closed && other.get() == &entry; });
}

template <class Entry>
void LongQueue<Entry>::capture(const Entry& entry, const std::string& what, std::function<void(JobContext&)> write) {
    opener_.submit(capture_job(task_, what, std::move(write),
                               [this, folder = entry.folder](const Error& error) { not_written(folder, error); }));
}

// One that is done goes on, and has nothing left to do but this.
template <class Entry>
void LongQueue<Entry>::not_written(const std::string& folder, const Error& error) {
    {
        const std::lock_guard lock(mutex_);
        const EntryPointer entry = find_locked(folder);
        if (entry && entry->view->status == "done") entry->view = with_status(*entry->view, "stopped", error.message);
    }
    board_.say(Severity::kError, error.message);
    list();
}

template <class Entry>
void LongQueue<Entry>::end() {
    std::vector<EntryPointer> entries;
    {
        const std::lock_guard lock(mutex_);
        entries = entries_;
    }
    for (const EntryPointer& entry : entries) {
        if (!entry->work) continue;
        if (const auto saved = save(*entry); !saved) board_.say(Severity::kError, saved.error().message);
        look(*entry, words_.kept);
        write_captures(*entry);
        entry->work.reset();
    }
}

template class LongQueue<ExperimentEntry>;
template class LongQueue<RunEntry>;

}  // namespace gatescope
