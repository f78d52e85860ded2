#pragma once
// A training with its run folder: what the window's queue and the verb `train` drive. No torch.

#include <filesystem>
#include <memory>
#include <string>

#include "analysis/results.h"
#include "analysis/training/training_results.h"
#include "app/engine/models.h"
#include "model/core/job_context.h"

namespace gatescope {

class TrainingRun {
  public:
    // Opens model, tokenizer and data, checks everything, and only then makes the folder. `wish`: its device; its
    // threads where the plan says 0. Throws Failure, Cancelled; then there is no folder that was not there before.
    static std::unique_ptr<TrainingRun> start(const TrainPlan& plan, const std::filesystem::path& folder,
                                              bool overwrite, const DeviceWish& wish, JobContext& job);
    // Goes on from the last checkpoint of a folder; from the beginning where there is none. Throws Failure(kNotFound,
    // kBadFile), Cancelled.
    static std::unique_ptr<TrainingRun> resume(const std::filesystem::path& folder, const DeviceWish& wish,
                                               JobContext& job);
    ~TrainingRun();
    TrainingRun(const TrainingRun&) = delete;
    TrainingRun& operator=(const TrainingRun&) = delete;

    // One micro-batch, a pass of a report, or a checkpoint with what belongs to it. False: all is done and written.
    // Throws Failure or Cancelled and leaves all as it was, so that it may be tried again: Failure(kOutput) where the
    // disk is full.
    bool step(JobContext& job);
    // As of the last whole step, where there is none of it yet. Throws as step().
    void write_checkpoint(JobContext& job);
    // Immutable picture of what is there so far. Cheap.
    std::shared_ptr<const RunView> view() const;
    // Of the texts that it trains and reports on, as they were when it was opened: TokenData::sha256().
    std::string data_sha256() const;
    // What run.h5 is to hold, complete once all is done; nullptr before the first report. Whoever drives the run has it
    // written: in the window HDF5 knows one thread, which is another than that of steps.
    std::shared_ptr<const RunResult> result() const;
    // "running", "paused", "stopped", "failed": how whoever drives it wants it to be called.
    void set_status(const std::string& status, const std::string& message = {});

  private:
    TrainingRun();
    struct State;
    std::unique_ptr<State> state_;
};

// Of a run that is not loaded: its curve as of log.csv, its checkpoints; "done", or "stopped" where it was cut off.
// Throws Failure(kNotFound, kBadFile).
std::shared_ptr<const RunView> view_of_folder(const std::filesystem::path& folder);

}  // namespace gatescope
