#pragma once
// The folder of a training run: recipe.json, log.csv (a row a report), checkpoint-STEP/ (Hugging Face folders with what
// a resumed run needs beside them) and run.h5 (a capture). Whatever happens at whatever moment, what is there under its
// name is whole. No torch.

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "analysis/training/train_plan.h"
#include "analysis/training/training_results.h"
#include "app/engine/runs/held_folder.h"

namespace gatescope {

// Is it the folder of a run?
bool is_run_folder(const std::filesystem::path& folder);
// The folder itself where it is a run's, else those right below it that are, by name.
std::vector<std::filesystem::path> run_folders_in(const std::filesystem::path& folder);

// What a run's folder holds, read without taking it: another process may be training it.
TrainPlan plan_of_run(const std::filesystem::path& folder);  // throws Failure(kNotFound, kBadFile, kUsage)
std::vector<RunCheckpoint> checkpoints_of_run(const std::filesystem::path& folder);  // whole ones, by step
// log.csv; nullptr where there is none yet. Name and recipe are the plan's, `status` is left empty. Throws
// Failure(kBadFile) naming the row.
std::shared_ptr<const TrainCurve> log_of_run(const std::filesystem::path& folder);

// run.h5: for write_capture(), on the one thread that HDF5 knows.
std::filesystem::path capture_of_run(const std::filesystem::path& folder);

// What MODEL means where it names a run's folder: its last checkpoint. Other paths as they are. Throws Failure:
// kNotFound for a run without a checkpoint, kUsage for a folder of several runs, which it lists.
std::filesystem::path model_of_run(const std::filesystem::path& path);
// How a model of that path is called: its last part; a run's checkpoint by the run's name and its own.
std::string model_name_of(const std::filesystem::path& path);

// Throws Failure(kUsage, kOutput) where create() would. Touches nothing.
void check_run_target(const std::filesystem::path& folder, bool overwrite);

// A run's folder, held by one process at a time (a killed one's hold ends with it).
class RunFolder {
  public:
    // Makes the folder, and those above it, and writes recipe.json. `overwrite` replaces a run that is there; a folder
    // that holds anything else is refused. Throws Failure(kUsage, kOutput, kResource).
    static RunFolder create(const std::filesystem::path& folder, const TrainPlan& plan, bool overwrite);
    // Takes an existing run; what a killed process left half done is removed. Throws as plan_of_run() does, and
    // Failure(kResource) where another process has it.
    static RunFolder open(const std::filesystem::path& folder);

    const std::filesystem::path& path() const { return path_; }
    const TrainPlan& plan() const { return plan_; }
    std::vector<RunCheckpoint> checkpoints() const { return checkpoints_of_run(path_); }

    // Replaces log.csv. Throws Failure(kOutput), as all below; what was there is then untouched.
    void write_log(const TrainCurve& curve);
    // `fill` writes a checkpoint's files into the empty folder that it is given; they are synced and appear under the
    // checkpoint's name together or not at all. Then what keep_checkpoints doesn't keep goes: of n the first and the
    // last n - 1 stay. A checkpoint of that step is replaced. What `fill` throws goes through.
    void write_checkpoint(std::int64_t step, const std::function<void(const std::filesystem::path& scratch)>& fill);

  private:
    RunFolder(std::filesystem::path path, TrainPlan plan, FolderHold hold);
    void drop_checkpoints();

    std::filesystem::path path_;
    TrainPlan plan_;
    FolderHold hold_;
};

}  // namespace gatescope
