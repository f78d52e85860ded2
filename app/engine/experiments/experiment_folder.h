#pragma once
// The folder of an experiment: experiment.json (the setting), a folder a step with its outcome.json, table.md and
// experiment.h5. Whatever happens at whatever moment, what is there under its name is whole. No torch.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "analysis/experiments/experiment_plan.h"
#include "app/engine/experiments/step_checks.h"
#include "app/engine/runs/held_folder.h"

namespace gatescope {

// What experiment.json holds.
struct ExperimentFile {
    ExperimentSetting setting;
    std::string created;  // ISO 8601 UTC
    ExperimentInputs inputs;
};
// Throws Failure(kNotFound, kBadFile, kUsage).
ExperimentFile read_experiment_file(const std::filesystem::path& folder);

// Throws Failure(kUsage, kOutput) where an experiment could not be made there. Touches nothing.
void check_experiment_target(const std::filesystem::path& folder, bool overwrite);

// What the step came to; nothing where it isn't done. `damage`: why an outcome that lies there doesn't count, one line.
std::optional<StepOutcome> outcome_of_step(const ExperimentPlan& plan, const ExperimentStep& step,
                                           std::string* damage = nullptr);
std::filesystem::path folder_of_step(const ExperimentPlan& plan, const ExperimentStep& step);

// A folder that this process works in.
class ExperimentFolder {
  public:
    // Makes it; of an experiment that is there what the plan doesn't want goes. Throws Failure(kUsage, kOutput,
    // kResource).
    static ExperimentFolder create(const ExperimentPlan& plan, const ExperimentFile& file, bool overwrite);
    // What a killed process left half done is removed. Throws Failure(kNotFound, kOutput, kResource).
    static ExperimentFolder open(const std::filesystem::path& folder);

    // Throws Failure(kOutput), as all below; what was there is then untouched.
    void write_outcome(const ExperimentPlan& plan, const ExperimentStep& step, const StepOutcome& outcome) const;
    // In another place than the step's folder, which it will be.
    static void write_outcome_in(const std::filesystem::path& folder, const ExperimentPlan& plan,
                                 const ExperimentStep& step, const StepOutcome& outcome);
    void write_table(const ExperimentPlan& plan, const std::string& markdown) const;

  private:
    explicit ExperimentFolder(FolderHold hold) : hold_(std::move(hold)) {}
    FolderHold hold_;
};

}  // namespace gatescope
