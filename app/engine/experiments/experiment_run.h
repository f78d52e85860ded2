#pragma once
// An experiment with its folder: what the window's queue and the verb `experiment` drive. In the folder:
// experiment.json (the setting), a folder a step, table.md, and experiment.h5, which whoever drives writes. No torch.

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "analysis/results.h"
#include "app/engine/experiments/experiment_views.h"
#include "app/engine/models.h"
#include "model/core/job_context.h"

namespace gatescope {

// The plan; reads the headers of setting.model where there is one. Throws Failure, Cancelled.
ExperimentPlan plan_of_setting(const ExperimentSetting& setting, const std::filesystem::path& folder, JobContext& job);

class ExperimentRun {
  public:
    // Checks everything that can be known, and makes the folder. `overwrite` replaces an experiment that is there; a
    // folder that holds anything else is refused. Throws Failure, Cancelled.
    static std::unique_ptr<ExperimentRun> start(const ExperimentSetting& setting, const std::filesystem::path& folder,
                                                bool overwrite, const DeviceWish& wish, JobContext& job);
    // Goes on: steps that are done are kept, a run goes on from its last checkpoint, other work begins anew. Throws
    // Failure(kNotFound, kBadFile, kResource), Cancelled.
    static std::unique_ptr<ExperimentRun> resume(const std::filesystem::path& folder, const DeviceWish& wish,
                                                 JobContext& job);
    ~ExperimentRun();
    ExperimentRun(const ExperimentRun&) = delete;
    ExperimentRun& operator=(const ExperimentRun&) = delete;

    // A micro-batch, a pass, a checkpoint ...; small enough that a click waits for a tick at most. False: all steps are
    // done. Throws Failure or Cancelled and leaves all as it was, so that it may be tried again.
    bool step(JobContext& job);
    // A run that is under way writes a checkpoint, so that nothing is lost.
    void save(JobContext& job);
    // Immutable picture of what is there so far. Cheap enough for a few times a second.
    std::shared_ptr<const ExperimentView> view() const;
    // Captures of runs (run.h5) that became due since the last call; for the one thread that HDF5 knows. experiment.h5
    // is written from view()->result.
    std::vector<std::pair<std::filesystem::path, std::shared_ptr<const RunResult>>> take_captures();
    void set_status(const std::string& status, const std::string& message = {});
    // Seconds by step, as estimate_seconds() gave them: what time is left goes by them until steps of the kind are
    // done.
    void expect(const std::vector<double>& step_seconds);

  private:
    ExperimentRun();
    struct State;
    std::unique_ptr<State> state_;
};

bool is_experiment_folder(const std::filesystem::path& folder);
// By step of a plan: would resume() or start() find it done, in the plan's own folder (where an experiment of the same
// setting lies) or, as a run to take over, in one beside it? Such steps need no time. Reads small files; what can't be
// read counts as not there.
std::vector<bool> steps_there(const ExperimentPlan& plan);
// Of one that is not loaded. Throws Failure(kNotFound, kBadFile).
std::shared_ptr<const ExperimentView> view_of_experiment(const std::filesystem::path& folder);
std::filesystem::path capture_of_experiment(const std::filesystem::path& folder);

}  // namespace gatescope
