#pragma once
// The training runs of a session, in the order in which they came. One trains at a time: on the worker, behind
// everything else, so that a toggle or a click waits for a tick at most. Commands arrive on the window's thread, leave
// a wish and return; the worker does what they wish between two pieces of training. No torch.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "app/engine/board.h"
#include "app/engine/commands.h"
#include "app/engine/job_queue.h"
#include "app/engine/long_turns.h"
#include "app/engine/long_work.h"

namespace gatescope {

struct PlacedRun;
class TrainingRun;

class TrainingQueue {
  public:
    // All of them outlive the jobs that are sent to the two queues; so must this.
    TrainingQueue(Board& board, JobQueue& worker, JobQueue& opener, LongTurns& turns, MakeTask task);
    ~TrainingQueue();
    TrainingQueue(const TrainingQueue&) = delete;
    TrainingQueue& operator=(const TrainingQueue&) = delete;

    // Throw Failure for what can be known at once.
    void start(const StartRuns& command);
    void open(const OpenRuns& command);
    void resume(const ResumeRun& command);
    void pause(const PauseRun& command);
    void stop(const StopRun& command);
    void close(const CloseRun& command);
    // Is it the training's job? Then that run is stopped.
    bool stop_job(std::uint64_t job);

    struct Checkpoint {
        std::string run, path;  // folders
    };
    // Throws Failure where there is no such run on the list, or no such step.
    Checkpoint checkpoint(const ShowCheckpoint& wish) const;

    // The program ends, and the worker has stopped: what is in memory alone goes into a checkpoint.
    void end();

  private:
    enum class Wish { kTrain, kPause, kStop };
    struct Run;
    using RunPointer = std::shared_ptr<Run>;

    // training_queue.cpp: on the window's thread, but for what the opener reads and makes.
    RunPointer find_locked(const std::string& folder) const;
    RunPointer known_locked(const std::string& folder) const;
    static bool under_way_locked(const Run& run);
    void add_locked(RunPointer run);
    // `all`: what they are of, where they are new.
    void make_folders(std::vector<RunPointer> runs, bool overwrite, std::shared_ptr<const StartRuns> all);
    void make_folder(Run& run, bool overwrite);
    void read_folders(const std::string& folder, bool go_on);
    bool take_in(const PlacedRun& place, bool go_on);
    bool go_on_locked(Run& run) const;
    void halt(const RunPointer& run, Wish wish);
    void list();

    // training_turns.cpp: on the worker, or once it has stopped; train_next() on any thread.
    void train_next();
    bool turn(Run& run, JobContext& job);
    void begin(Run& run, JobContext& job);
    void ended(Run& run, const tl::expected<void, Error>& outcome);
    void done(Run& run);
    void failed(Run& run, const Error& error);
    void settle(Run& run);
    tl::expected<bool, Error> save(Run& run);
    void let_go(Run& run);
    void show(Run& run, const std::string& status);
    void look(Run& run, const std::string& status, const std::string& message = {}, std::optional<Wish> still = {});
    void write_capture_of(const Run& run);
    void not_written(const std::string& folder, const Error& error);
    Wish wish_of(const Run& run) const;
    bool is_closed(const Run& run) const;
    std::shared_ptr<const RunView> view_of(const Run& run) const;

    Board& board_;
    JobQueue& worker_;
    JobQueue& opener_;
    LongTurns& turns_;
    const MakeTask task_;

    mutable std::mutex mutex_;
    std::vector<RunPointer> runs_;
    RunPointer training_;  // has the job of kind "training", whatever its wish is
    std::uint64_t job_ = 0;
};

// One of the list. The queue's mutex guards what commands see; the rest is the worker's.
struct TrainingQueue::Run {
    explicit Run(std::shared_ptr<const RunView> first);
    ~Run();

    const std::string folder, name;       // `name` is for people
    std::shared_ptr<const RunView> view;  // as it is shown
    Wish wish = Wish::kTrain;
    bool has_folder = false;  // else the opener is about to make it, or could not
    bool in_memory = false;   // `training` is there, or on its way
    bool closed = false;      // off the list, but not settled yet

    std::unique_ptr<TrainingRun> training;
    bool finished = false;  // its last turn was the last of all
    bool saved = false;     // nothing was trained since its last checkpoint
    bool unsaved = false;   // and one that was to be written could not be
    std::chrono::steady_clock::time_point next_publish;
    // Each context has a clock of its own, by which the rate is told: of the steps since then alone.
    const JobContext* clock = nullptr;
    std::int64_t clock_step = 0;
};

// `view` under another status, as of a run that is not in memory.
std::shared_ptr<const RunView> with_status(const RunView& view, const std::string& status, const std::string& message);

}  // namespace gatescope
