#include "app/engine/runs/run_folder.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include "app/engine/runs/folder_sync.h"
#include "app/engine/runs/run_log.h"
#include "model/core/error.h"
#include "model/core/output_file.h"

namespace gatescope {
namespace {

namespace fs = std::filesystem;

constexpr const char* kBusy = "the run is being trained by another window or program";

// A run's own files in a folder that may hold notes beside them; the recipe, which makes it a run's, is replaced.
void remove_run(const fs::path& folder) {
    remove_partials(folder);
    for (const RunCheckpoint& checkpoint : checkpoints_of_run(folder)) drop_folder(checkpoint.path);
    clear_away(folder / "log.csv");
    clear_away(capture_of_run(folder));
}

}  // namespace

void check_run_target(const fs::path& folder, bool overwrite) {
    check_can_be_made(folder);
    std::error_code ignored;
    if (!fs::exists(folder, ignored)) return;
    if (is_run_folder(folder)) {
        if (overwrite) return;
        throw Failure(FailureKind::kUsage, "holds a run already", folder.string(),
                      "go on with it (--resume), overwrite it (--force) or name another folder");
    }
    if (holds_anything(folder))
        throw Failure(FailureKind::kUsage, "holds other things than a run", folder.string(), "name a new folder");
}

RunFolder RunFolder::create(const fs::path& folder, const TrainPlan& plan, bool overwrite) {
    check_run_target(folder, overwrite);
    make_folders(folder);
    RunFolder out(folder, plan, FolderHold(folder, kBusy));
    if (is_run_folder(folder)) {
        if (!overwrite) check_run_target(folder, overwrite);  // another made it in between
        remove_run(folder);
    }
    write_output_file(folder / "recipe.json", print_recipe(plan.recipe), true);
    return out;
}

RunFolder RunFolder::open(const fs::path& folder) {
    TrainPlan plan = plan_of_run(folder);
    RunFolder out(folder, std::move(plan), FolderHold(folder, kBusy));
    remove_partials(folder);
    return out;
}

RunFolder::RunFolder(fs::path path, TrainPlan plan, FolderHold hold)
    : path_(std::move(path)), plan_(std::move(plan)), hold_(std::move(hold)) {}

void RunFolder::write_log(const TrainCurve& curve) {
    write_output_file(path_ / "log.csv", print_log(curve), true);
}

void RunFolder::write_checkpoint(std::int64_t step, const std::function<void(const fs::path& scratch)>& fill) {
    const fs::path checkpoint = path_ / ("checkpoint-" + std::to_string(step));
    const fs::path scratch = checkpoint.string() + kPartial;
    clear_away(scratch);
    try {
        make_folders(scratch);
        fill(scratch);
        sync_folder(scratch);
        swap_in_folder(scratch, checkpoint);
    } catch (...) {
        std::error_code ignored;
        fs::remove_all(scratch, ignored);
        throw;
    }
    clear_away(scratch);  // the one that it replaces
    drop_checkpoints();
}

void RunFolder::drop_checkpoints() {
    if (plan_.keep_checkpoints <= 0) return;
    std::vector<RunCheckpoint> old = checkpoints();
    const auto keep = static_cast<std::size_t>(plan_.keep_checkpoints);
    if (old.size() <= keep) return;
    old.erase(old.end() - static_cast<std::ptrdiff_t>(std::max<std::size_t>(keep - 1, 1)), old.end());
    if (keep > 1) old.erase(old.begin());
    for (const RunCheckpoint& checkpoint : old) drop_folder(checkpoint.path);
}

}  // namespace gatescope
