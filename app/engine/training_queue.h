#pragma once
// The training runs of a session. No torch.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "app/engine/commands.h"
#include "app/engine/long_queue.h"

namespace gatescope {

struct PlacedRun;
class TrainingRun;

struct RunEntry : LongEntry<TrainingRun, RunView> {
    explicit RunEntry(std::shared_ptr<const RunView> first);
    ~RunEntry();

    bool has_folder = false;  // the mutex's; else the opener is about to make it, or could not
    // The worker's. Each context has a clock of its own, by which the rate is told: of the steps since then alone.
    const JobContext* clock = nullptr;
    std::int64_t clock_step = 0;
};

class TrainingQueue : public LongQueue<RunEntry> {
  public:
    TrainingQueue(Board& board, JobQueue& worker, JobQueue& opener, LongTurns& turns, MakeTask task);

    // Throw Failure for what can be known at once.
    void start(const StartRuns& command);
    void open(const OpenRuns& command);
    void resume(const ResumeRun& command);
    void pause(const PauseRun& command);
    void stop(const StopRun& command);
    void close(const CloseRun& command);

    struct Checkpoint {
        std::string run, path;  // folders
    };
    // Throws Failure where there is no such run on the list, or no such step.
    Checkpoint checkpoint(const ShowCheckpoint& wish) const;

  private:
    // training_queue.cpp: on the window's thread, but for what the opener reads and makes.
    void add_locked(EntryPointer run);
    // `all`: what they are of, where they are new.
    void make_folders(std::vector<EntryPointer> runs, bool overwrite, std::shared_ptr<const StartRuns> all);
    void make_folder(RunEntry& run, bool overwrite);
    void open_folders(const std::string& folder, bool go_on);
    void read_folders(const std::string& folder, bool go_on, JobContext& job);
    bool take_in(const PlacedRun& place, bool go_on);

    // training_turns.cpp
    std::vector<std::shared_ptr<const RunView>>& shown_in(Snapshot& snapshot) const override;
    EntryPointer next_locked() const override;
    void begun(RunEntry& run, JobContext& job) override;
    bool piece(RunEntry& run, JobContext& job) override;
    void write_checkpoint(TrainingRun& training, JobContext& job) override;
    void write_captures(RunEntry& run) override;
    std::string done_line(const RunEntry& run) const override;
};

// `view` under another status, as of a run that is not in memory.
std::shared_ptr<const RunView> with_status(const RunView& view, const std::string& status, const std::string& message);

}  // namespace gatescope
