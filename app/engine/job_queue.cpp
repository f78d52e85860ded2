#include "app/engine/job_queue.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "app/engine/guard.h"

namespace gatescope {

JobQueue::JobQueue(std::function<void()> changed, std::function<void()> thread_begins)
    : changed_(std::move(changed)), thread_begins_(std::move(thread_begins)), worker_([this] { run(); }) {}

JobQueue::~JobQueue() {
    stop();
}

void JobQueue::submit(JobTask task) {
    {
        const std::lock_guard lock(mutex_);
        if (stopping_) return;
        withdraw_locked([&](const Entry& other) { return other.task.kind == task.kind; });
        auto entry = std::make_shared<Entry>();
        entry->context = std::make_shared<JobContext>(task.title, task.unit);
        entry->task = std::move(task);
        if (entry->task.priority == JobPriority::kInteractive) interactive_waits_ = true;
        if (at_work_ && at_work_->task.gives_way && at_work_->task.priority < entry->task.priority &&
            entry->task.priority != JobPriority::kInteractive)
            at_work_->context->cancel();
        entries_.push_back(std::move(entry));
    }
    wanted_.notify_one();
    list_changed();
}

bool JobQueue::cancel(std::uint64_t id) {
    bool found = false;
    {
        const std::lock_guard lock(mutex_);
        withdraw_locked([&](const Entry& entry) {
            found = found || entry.task.id == id;
            return entry.task.id == id;
        });
    }
    if (found) list_changed();
    return found;
}

void JobQueue::cancel_kind(const std::string& kind) {
    {
        const std::lock_guard lock(mutex_);
        withdraw_locked([&](const Entry& entry) { return entry.task.kind == kind; });
    }
    list_changed();
}

// What has begun is told to stop and ends on the worker; what waits is gone at once.
void JobQueue::withdraw_locked(const std::function<bool(const Entry&)>& chosen) {
    std::erase_if(entries_, [&](const EntryPointer& entry) {
        if (!chosen(*entry)) return false;
        entry->withdrawn = true;
        if (entry->begun) entry->context->cancel();
        return !entry->begun;
    });
}

std::vector<QueuedJob> JobQueue::jobs() const {
    std::vector<QueuedJob> out;
    const std::lock_guard lock(mutex_);
    for (const bool begun : {true, false})
        for (const EntryPointer& entry : entries_)
            if (entry->begun == begun)
                out.push_back({entry->task.id, entry->task.listed, entry->context, entry->task.kind});
    return out;
}

void JobQueue::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        for (const EntryPointer& entry : entries_)
            if (!entry->task.outlasts) entry->context->cancel();
    }
    wanted_.notify_one();
    if (worker_.joinable()) worker_.join();
}

void JobQueue::run() {
    if (thread_begins_) thread_begins_();
    while (true) {
        EntryPointer entry;
        {
            std::unique_lock lock(mutex_);
            wanted_.wait(lock, [&] { return stopping_ || !entries_.empty(); });
            if (stopping_) std::erase_if(entries_, [](const EntryPointer& left) { return !left->task.outlasts; });
            if (entries_.empty()) return;
            entry = next_locked();
            at_work_ = entry;
        }
        take_turn(entry);
        const std::lock_guard lock(mutex_);
        at_work_ = nullptr;
    }
}

// A cancelled job ends before its successor begins; then by priority; equals take turns.
JobQueue::EntryPointer JobQueue::next_locked() {
    const auto order = [](const EntryPointer& entry) {
        return std::tuple(!entry->context->cancelled(), -static_cast<int>(entry->task.priority), entry->last_turn);
    };
    return *std::min_element(entries_.begin(), entries_.end(),
                             [&](const EntryPointer& a, const EntryPointer& b) { return order(a) < order(b); });
}

// What was withdrawn since it was chosen has no turn.
JobQueue::Turn JobQueue::begin_turn(const EntryPointer& entry) {
    const std::lock_guard lock(mutex_);
    if (std::find(entries_.begin(), entries_.end(), entry) == entries_.end()) return Turn::kNone;
    entry->last_turn = ++turns_;
    return std::exchange(entry->begun, true) ? Turn::kNext : Turn::kFirst;
}

void JobQueue::take_turn(const EntryPointer& entry) {
    const Turn turn = begin_turn(entry);
    if (turn == Turn::kNone) return;
    if (turn == Turn::kFirst) list_changed();
    const JobTask& task = entry->task;
    const auto more = guarded(task.title, [&] {
        if (turn == Turn::kFirst) begin_context(entry);
        entry->context->tick();
        return task.step(*entry->context);
    });
    if ((more ? *more : more.error().cancelled) && given_up(entry)) return;
    if (more && *more) return;
    {
        const std::lock_guard lock(mutex_);
        std::erase(entries_, entry);
    }
    if (task.ended && more) task.ended({});
    if (task.ended && !more) task.ended(tl::make_unexpected(more.error()));
    list_changed();
}

void JobQueue::begin_context(const EntryPointer& entry) {
    const JobTask& task = entry->task;
    if (task.priority != JobPriority::kInteractive) entry->context->set_tick_service([this] { serve_interactive(); });
    entry->context->begin(task.title, task.unit, 0);
}

// Was the piece cancelled so that others need not wait? Then the job stays, under a context that nobody has cancelled.
bool JobQueue::given_up(const EntryPointer& entry) {
    {
        const std::lock_guard lock(mutex_);
        if (!entry->context->cancelled() || entry->withdrawn || stopping_) return false;
        entry->context = std::make_shared<JobContext>(entry->task.title, entry->task.unit);
    }
    begin_context(entry);
    list_changed();
    return true;
}

// Called at every tick of a running job, so the common case is one atomic read.
void JobQueue::serve_interactive() {
    if (!interactive_waits_.load(std::memory_order_relaxed)) return;
    for (const EntryPointer& entry : waiting_interactive())
        if (entry->task.ready_inside && entry->task.ready_inside()) take_turn(entry);
    waiting_interactive();
}

std::vector<JobQueue::EntryPointer> JobQueue::waiting_interactive() {
    std::vector<EntryPointer> out;
    const std::lock_guard lock(mutex_);
    for (const EntryPointer& entry : entries_)
        if (entry->task.priority == JobPriority::kInteractive) out.push_back(entry);
    interactive_waits_ = !out.empty();
    return out;
}

void JobQueue::list_changed() {
    if (changed_) changed_();
}

}  // namespace gatescope
