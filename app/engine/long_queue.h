#pragma once
// The work of minutes to hours of a session, in the order in which it came: training runs, experiments. One of a queue
// is under way at a time: on the worker, behind everything else, so that a toggle or a click waits for a tick at most.
// Commands arrive on the window's thread, leave a wish and return; the worker does what they wish between two pieces.
// What is told apart by kind of work is the queue's own (the hooks); halting, saving and letting go are here. No torch.
//
// Locks: mutex_ guards what commands see, which is the list, at_work_, job_ and the first part of each entry; the rest
// of an entry is the worker's. ..._locked() is called under it, everything else without it. list() takes it within the
// board's, so nothing is told to the board under it; nor is a turn given back, for that begins the other queue.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "app/engine/board.h"
#include "app/engine/job_queue.h"
#include "app/engine/long_turns.h"
#include "app/engine/long_work.h"

namespace gatescope {

struct DeviceWish;

enum class LongWish { kGoOn, kPause, kStop };

// One of the list. A queue's own entries derive from it.
template <class WorkOfEntry, class ViewOfEntry>
struct LongEntry {
    using Work = WorkOfEntry;
    using View = ViewOfEntry;

    LongEntry(std::shared_ptr<const View> first, std::string name_for_people)
        : folder(first->folder), name(std::move(name_for_people)), view(std::move(first)) {}

    const std::string folder, name;
    // The mutex's.
    std::shared_ptr<const View> view;  // as it is shown
    LongWish wish = LongWish::kGoOn;
    bool in_memory = false;  // `work` is there, or on its way
    bool closed = false;     // off the list, but not settled yet

    // The worker's.
    std::unique_ptr<Work> work;
    bool finished = false;  // its last turn was the last of all
    bool saved = false;     // nothing was done since it was saved last
    bool unsaved = false;   // and where it was to be saved, it could not be
    std::chrono::steady_clock::time_point next_publish;
};

// What a queue calls its work.
struct LongWords {
    LongTurns::Side side;
    std::string one;        // "run"
    std::string kind;       // of the job of the one that is under way: "training"
    std::string title;      // of that job, before the name: "Training"
    std::string kept;       // status of one that is halted and yet in memory: "paused"
    std::string all_done;   // why one can't be gone on with: "has trained all its steps"
    std::string held_back;  // why one waits while the other queue has its turn
};

template <class Entry>
class LongQueue {
  public:
    LongQueue(const LongQueue&) = delete;
    LongQueue& operator=(const LongQueue&) = delete;
    virtual ~LongQueue();

    bool lists(const std::string& folder) const;
    // Is it the job of the one that is under way? Then that is stopped.
    bool stop_job(std::uint64_t job);
    // The program ends, and the worker has stopped: what is in memory alone goes into a checkpoint.
    void end();

  protected:
    using Work = typename Entry::Work;
    using View = typename Entry::View;
    using EntryPointer = std::shared_ptr<Entry>;

    // All of them outlive the jobs that are sent to the two queues; so must this.
    LongQueue(Board& board, JobQueue& worker, JobQueue& opener, LongTurns& turns, MakeTask task, LongWords words);

    // For commands. Throws Failure where no folder is named.
    std::string name_of(const std::string& folder) const;
    EntryPointer find_locked(const std::string& folder) const;
    EntryPointer known_locked(const std::string& folder) const;  // throws Failure
    static bool under_way_locked(const Entry& entry);
    // False: it is at it already. Throws Failure where it is done.
    bool go_on_locked(Entry& entry) const;
    void halt(const EntryPointer& entry, LongWish wish);
    void take_off(const std::string& folder);
    void on_opener(const std::string& title, bool outlasts, std::function<void(JobContext&)> piece);

    // On any thread.
    void list();
    void begin_next();
    DeviceWish device_wish() const;
    std::shared_ptr<const View> view_of(const Entry& entry) const;

    // For a piece(), on the worker.
    static bool picture_is_due(const Entry& entry);
    void show_running(Entry& entry);
    static void step(Entry& entry, JobContext& job);
    // On the opener, where all of HDF5 is, soon.
    void capture(const Entry& entry, const std::string& what, std::function<void(JobContext&)> write);

    Board& board_;
    LongTurns& turns_;
    mutable std::mutex mutex_;
    std::vector<EntryPointer> entries_;

  private:
    // Where in a snapshot the list is.
    virtual std::vector<std::shared_ptr<const View>>& shown_in(Snapshot& snapshot) const = 0;
    // Which of those that wait comes next; nullptr: none waits.
    virtual EntryPointer next_locked() const = 0;
    // On the worker, or once it has stopped. Its work is in memory now.
    virtual void begun(Entry& entry, JobContext& job) = 0;
    // A step() and what is told of it. False: it is over, or the other queue is let in.
    virtual bool piece(Entry& entry, JobContext& job) = 0;
    virtual void write_checkpoint(Work& work, JobContext& job) = 0;
    virtual void write_captures(Entry& entry) = 0;
    virtual std::string done_line(const Entry& entry) const = 0;

    // On the worker, or once it has stopped.
    LongWish wish_of(const Entry& entry) const;
    bool is_closed(const Entry& entry) const;
    bool turn(Entry& entry, JobContext& job);
    void begin(Entry& entry, JobContext& job);
    void ended(Entry& entry, const tl::expected<void, Error>& outcome);
    void done(Entry& entry);
    void failed(Entry& entry, const Error& error);
    void settle(Entry& entry);
    tl::expected<bool, Error> save(Entry& entry);
    void let_go(Entry& entry);
    void look(Entry& entry, const std::string& status, const std::string& message = {},
              std::optional<LongWish> still = {});
    void not_written(const std::string& folder, const Error& error);

    JobQueue& worker_;
    JobQueue& opener_;
    const MakeTask task_;
    const LongWords words_;
    EntryPointer at_work_;  // has the job of words_.kind, whatever its wish is
    std::uint64_t job_ = 0;
};

}  // namespace gatescope
