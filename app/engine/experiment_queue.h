#pragma once
// The experiments of a session. Between two steps of one a training run that waits comes first. No torch.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/engine/commands.h"
#include "app/engine/long_queue.h"

namespace gatescope {

class ExperimentRun;

// What is added here is the worker's, but for `expected`, which stays as it was first.
struct ExperimentEntry : LongEntry<ExperimentRun, ExperimentView> {
    ExperimentEntry(std::shared_ptr<const ExperimentView> first, std::vector<double> expected_seconds);
    ~ExperimentEntry();

    const std::vector<double> expected;     // seconds by step, as they were proposed; empty: not known
    std::size_t steps_captured = 0;         // that are in experiment.h5
    std::optional<std::size_t> steps_seen;  // while a training run waits for the next to be done
    double progress_from = 0;               // steps before its job's clock began
};

class ExperimentQueue : public LongQueue<ExperimentEntry> {
  public:
    ExperimentQueue(Board& board, JobQueue& worker, JobQueue& opener, LongTurns& turns, MakeTask task);

    // Throw Failure for what can be known at once.
    void start(const StartExperiment& command);
    void open(const OpenExperiment& command);
    void resume(const ResumeExperiment& command);
    void stop(const StopExperiment& command);
    void close(const CloseExperiment& command);

    // On the opener: lists what an experiment's capture holds. Throws Failure.
    void show_capture(const std::filesystem::path& path);

  private:
    // experiment_queue.cpp: on the window's thread, but for what the opener reads and makes.
    void require_free_locked(const std::string& folder) const;
    void make(const StartExperiment& command, const std::string& folder, JobContext& job);
    void read(const std::filesystem::path& path, bool go_on, JobContext& job);
    void take_in(const std::filesystem::path& folder, bool go_on);
    void put_on_list(ExperimentView view, std::vector<double> expected = {});
    std::vector<double> proposed_seconds(const ExperimentView& view) const;

    // experiment_turns.cpp
    std::vector<std::shared_ptr<const ExperimentView>>& shown_in(Snapshot& snapshot) const override;
    EntryPointer next_locked() const override;
    void begun(ExperimentEntry& entry, JobContext& job) override;
    bool piece(ExperimentEntry& entry, JobContext& job) override;
    void write_checkpoint(ExperimentRun& run, JobContext& job) override;
    void write_captures(ExperimentEntry& entry) override;
    std::string done_line(const ExperimentEntry& entry) const override;
    static void tell_progress(ExperimentEntry& entry, const ExperimentView& view, JobContext& job);
    bool keeps_turn(ExperimentEntry& entry);
};

// `view` under another status, as of an experiment that is not in memory.
std::shared_ptr<const ExperimentView> with_status(const ExperimentView& view, const std::string& status,
                                                  const std::string& message);

}  // namespace gatescope
