#pragma once
// The experiments of a session, in the order in which they came. One is under way at a time: on the worker, behind
// everything else. Between two of its steps a training run that waits comes first. Commands arrive on the window's
// thread, leave a wish and return; the worker does what they wish between two pieces. No torch.

#include <chrono>
#include <cstdint>
#include <filesystem>
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

class ExperimentRun;

class ExperimentQueue {
  public:
    // All of them outlive the jobs that are sent to the two queues; so must this.
    ExperimentQueue(Board& board, JobQueue& worker, JobQueue& opener, LongTurns& turns, MakeTask task);
    ~ExperimentQueue();
    ExperimentQueue(const ExperimentQueue&) = delete;
    ExperimentQueue& operator=(const ExperimentQueue&) = delete;

    // Throw Failure for what can be known at once.
    void start(const StartExperiment& command);
    void open(const OpenExperiment& command);
    void resume(const ResumeExperiment& command);
    void stop(const StopExperiment& command);
    void close(const CloseExperiment& command);
    // Is it the experiment's job? Then that experiment is stopped.
    bool stop_job(std::uint64_t job);

    // On the opener: lists what an experiment's capture holds. Throws Failure.
    void show_capture(const std::filesystem::path& path);

    bool lists(const std::string& folder) const;

    // The program ends, and the worker has stopped: what is in memory alone goes into a checkpoint.
    void end();

  private:
    enum class Wish { kGoOn, kStop };
    struct Entry;
    using EntryPointer = std::shared_ptr<Entry>;

    // experiment_queue.cpp: on the window's thread, but for what the opener reads and makes.
    EntryPointer find_locked(const std::string& folder) const;
    EntryPointer known_locked(const std::string& folder) const;
    static bool under_way_locked(const Entry& entry);
    void require_free_locked(const std::string& folder) const;
    void on_opener(const std::string& title, bool outlasts, std::function<void(JobContext&)> piece);
    void make(const StartExperiment& command, const std::string& folder, JobContext& job);
    void read(const std::filesystem::path& path, bool go_on, JobContext& job);
    void take_in(const std::filesystem::path& folder, bool go_on);
    void put_on_list(ExperimentView view, std::vector<double> expected = {});
    std::vector<double> proposed_seconds(const ExperimentView& view) const;
    bool go_on_locked(Entry& entry) const;
    void halt(const EntryPointer& entry);
    void list();

    // experiment_turns.cpp: on the worker, or once it has stopped; begin_next() on any thread.
    void begin_next();
    bool turn(Entry& entry, JobContext& job);
    void begin(Entry& entry, JobContext& job);
    static void tell_progress(Entry& entry, const ExperimentView& view, JobContext& job);
    bool keeps_turn(Entry& entry);
    void ended(Entry& entry, const tl::expected<void, Error>& outcome);
    void done(Entry& entry);
    void failed(Entry& entry, const Error& error);
    void settle(Entry& entry);
    tl::expected<bool, Error> save(Entry& entry);
    void let_go(Entry& entry);
    void show(Entry& entry, const std::string& status);
    void look(Entry& entry, const std::string& status, const std::string& message = {}, std::optional<Wish> still = {});
    void write_captures(Entry& entry);
    void not_written(const std::string& folder, const Error& error);
    Wish wish_of(const Entry& entry) const;
    bool is_closed(const Entry& entry) const;
    std::shared_ptr<const ExperimentView> view_of(const Entry& entry) const;

    Board& board_;
    JobQueue& worker_;
    JobQueue& opener_;
    LongTurns& turns_;
    const MakeTask task_;

    mutable std::mutex mutex_;
    std::vector<EntryPointer> entries_;
    EntryPointer at_work_;  // has the job of kind "experiment", whatever its wish is
    std::uint64_t job_ = 0;
};

// One of the list. The queue's mutex guards what commands see; the rest is the worker's.
struct ExperimentQueue::Entry {
    explicit Entry(std::shared_ptr<const ExperimentView> first);
    ~Entry();

    const std::string folder, name;              // `name` is for people
    std::shared_ptr<const ExperimentView> view;  // as it is shown
    std::vector<double> expected;                // seconds by step, as they were proposed; empty: not known
    Wish wish = Wish::kGoOn;
    bool in_memory = false;  // `run` is there, or on its way
    bool closed = false;     // off the list, but not settled yet

    std::unique_ptr<ExperimentRun> run;
    bool finished = false;  // its last turn was the last of all
    bool saved = false;     // nothing was done since it was saved last
    bool unsaved = false;   // and where it was to be saved, it could not be
    std::chrono::steady_clock::time_point next_publish;
    std::size_t steps_captured = 0;         // that are in experiment.h5
    std::optional<std::size_t> steps_seen;  // while a training run waits for the next to be done
    double progress_from = 0;               // steps before its job's clock began
};

// `view` under another status, as of an experiment that is not in memory.
std::shared_ptr<const ExperimentView> with_status(const ExperimentView& view, const std::string& status,
                                                  const std::string& message);

}  // namespace gatescope
