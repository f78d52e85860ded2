#pragma once
// One worker thread and the jobs that wait for it. A job is a stepper: it does one piece (a window) a turn, so that
// others get theirs between two pieces, and an interactive one even at the ticks within a piece. No torch.

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <tl/expected.hpp>
#include <vector>

#include "model/core/error.h"
#include "model/core/job_context.h"

namespace gatescope {

enum class JobPriority { kBackground, kNormal, kInteractive };

struct JobTask {
    std::uint64_t id = 0;  // unique in the program
    std::string kind;      // a new job replaces the one of its kind: dropped while it waits, cancelled once it runs
    JobPriority priority = JobPriority::kNormal;
    std::string title, unit;  // as JobContext::begin()
    bool listed = true;       // false: over before anybody could read its line, unless it has a total
    // A piece of it is given up, and done anew later, when something of higher priority comes: nothing waits for a job
    // that takes minutes. Its step must leave everything as it was when it throws Cancelled.
    bool gives_way = false;
    // Not dropped when the queue stops: the program's end waits for what would be lost.
    bool outlasts = false;
    // Does the next piece, on the worker; true: there is more to do.
    std::function<bool(JobContext&)> step;
    // Called once on the worker when a job that had begun is over. Must not throw.
    std::function<void(const tl::expected<void, Error>&)> ended;
    // Asked on the worker at ticks of other jobs: may this interactive job run right there? Empty: never.
    std::function<bool()> ready_inside;
};

struct QueuedJob {
    std::uint64_t id = 0;
    bool listed = true;
    std::shared_ptr<const JobContext> context;
    std::string kind;
};

class JobQueue {
  public:
    // `changed`: jobs() may be another (called from any thread, no lock held). `thread_begins`: first on the worker.
    explicit JobQueue(std::function<void()> changed = {}, std::function<void()> thread_begins = {});
    ~JobQueue();
    JobQueue(const JobQueue&) = delete;
    JobQueue& operator=(const JobQueue&) = delete;

    // Never blocks on a running job. After stop() the task is dropped.
    void submit(JobTask task);
    // The job of this id, waiting or running. False: there is none (any more).
    bool cancel(std::uint64_t id);
    void cancel_kind(const std::string& kind);
    // Running first, then waiting in their order.
    std::vector<QueuedJob> jobs() const;
    // Cancels what does not outlast it, drops what waits of that, does the rest, joins. Not from the worker.
    void stop();

  private:
    struct Entry {
        JobTask task;
        std::shared_ptr<JobContext> context;
        bool begun = false;
        bool withdrawn = false;  // told to stop for good
        std::uint64_t last_turn = 0;
    };
    using EntryPointer = std::shared_ptr<Entry>;

    void run();
    EntryPointer next_locked();
    void take_turn(const EntryPointer& entry);
    enum class Turn { kNone, kFirst, kNext };
    Turn begin_turn(const EntryPointer& entry);
    void serve_interactive();
    std::vector<EntryPointer> waiting_interactive();
    bool given_up(const EntryPointer& entry);
    void begin_context(const EntryPointer& entry);
    void withdraw_locked(const std::function<bool(const Entry&)>& chosen);
    void list_changed();

    mutable std::mutex mutex_;
    std::condition_variable wanted_;
    std::vector<EntryPointer> entries_;
    EntryPointer at_work_;  // the one whose piece runs; a job that is let into its ticks is none
    std::atomic<bool> interactive_waits_{false};
    std::uint64_t turns_ = 0;
    bool stopping_ = false;
    std::function<void()> changed_, thread_begins_;
    std::thread worker_;  // last: it uses all of the above
};

}  // namespace gatescope
