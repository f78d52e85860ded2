#include "app/engine/runs/run_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include "app/engine/runs/folder_sync.h"
#include "app/engine/runs/run_log.h"
#include "model/core/error.h"
#include "model/core/output_file.h"

namespace gatescope {
namespace {

namespace fs = std::filesystem;

const char* const kLock = ".lock";
constexpr std::string_view kPartial = ".partial";

std::vector<fs::path> entries_of(const fs::path& folder) {
    std::vector<fs::path> out;
    std::error_code error;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
        out.push_back(entry->path());
    if (error) throw_output(folder, "can't be listed", error.value());
    return out;
}

void clear_away(const fs::path& path) {
    std::error_code error;
    fs::remove_all(path, error);
    if (error) throw_output(path, "can't be removed", error.value());
}

// A file of its own, not the folder: file systems of a network lock files alone. What holds it is the open file, so
// that a killed process holds nothing.
int take_lock(const fs::path& folder) {
    const fs::path path = folder / kLock;
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (file < 0) throw_output(path, "can't be opened", errno);
    if (::flock(file, LOCK_EX | LOCK_NB) == 0) return file;
    ::close(file);
    throw Failure(FailureKind::kResource, "the run is being trained by another window or program", folder.string());
}

bool is_partial(const fs::path& path) {
    return path.filename().string().ends_with(kPartial);
}

// Where checkpoints can't be exchanged at once, the one that was to be replaced may be the only one left.
void bring_back_swapped(const fs::path& folder) {
    for (const fs::path& path : entries_of(folder)) {
        const std::string name = path.string();
        if (!name.ends_with(kSwapped)) continue;
        const fs::path place = name.substr(0, name.size() - std::string_view(kSwapped).size());
        std::error_code ignored;
        if (!fs::exists(place, ignored) && ::rename(path.c_str(), place.c_str()) != 0)
            throw_output(path, "can't be renamed", errno);
    }
}

// What a killed process left half done.
void remove_partials(const fs::path& folder) {
    bring_back_swapped(folder);
    for (const fs::path& path : entries_of(folder))
        if (is_partial(path)) clear_away(path);
}

// The first that exists of the folder and those above it.
fs::path nearest_existing(fs::path path) {
    std::error_code ignored;
    path = fs::absolute(path, ignored).lexically_normal();
    while (!fs::exists(path, ignored) && path.has_relative_path()) path = path.parent_path();
    return path;
}

void make_folders(const fs::path& folder) {
    std::error_code error;
    fs::create_directories(folder, error);
    if (error) throw_output(folder, "can't be made", error.value());
}

// Renamed first, so that no half of one stands under its name.
void drop(const fs::path& checkpoint) {
    const fs::path aside = checkpoint.string() + ".old" + std::string(kPartial);
    clear_away(aside);
    if (::rename(checkpoint.c_str(), aside.c_str()) != 0) throw_output(checkpoint, "can't be removed", errno);
    clear_away(aside);
}

// A run's own files in a folder that may hold notes beside them; the recipe, which makes it a run's, is replaced.
void remove_run(const fs::path& folder) {
    remove_partials(folder);
    for (const RunCheckpoint& checkpoint : checkpoints_of_run(folder)) drop(checkpoint.path);
    clear_away(folder / "log.csv");
    clear_away(capture_of_run(folder));
}

}  // namespace

void check_run_target(const fs::path& folder, bool overwrite) {
    if (folder.empty()) throw Failure(FailureKind::kUsage, "no folder is named", "\"\"", "name the folder to make");
    const fs::path there = nearest_existing(folder);
    std::error_code ignored;
    if (!fs::is_directory(there, ignored))
        throw Failure(FailureKind::kUsage, "is not a folder", there.string(), "name a folder to make");
    if (::access(there.c_str(), W_OK | X_OK) != 0) throw_output(there, "can't be written to", errno);
    if (!fs::exists(folder, ignored)) return;
    if (is_run_folder(folder)) {
        if (overwrite) return;
        throw Failure(FailureKind::kUsage, "holds a run already", folder.string(),
                      "go on with it (--resume), overwrite it (--force) or name another folder");
    }
    const std::vector<fs::path> entries = entries_of(folder);
    if (std::ranges::any_of(entries, [](const fs::path& path) { return path.filename() != kLock; }))
        throw Failure(FailureKind::kUsage, "holds other things than a run", folder.string(), "name a new folder");
}

RunFolder RunFolder::create(const fs::path& folder, const TrainPlan& plan, bool overwrite) {
    check_run_target(folder, overwrite);
    make_folders(folder);
    RunFolder out(folder, plan, take_lock(folder));
    if (is_run_folder(folder)) {
        if (!overwrite) check_run_target(folder, overwrite);  // another made it in between
        remove_run(folder);
    }
    write_output_file(folder / "recipe.json", print_recipe(plan.recipe), true);
    return out;
}

RunFolder RunFolder::open(const fs::path& folder) {
    TrainPlan plan = plan_of_run(folder);
    RunFolder out(folder, std::move(plan), take_lock(folder));
    remove_partials(folder);
    return out;
}

RunFolder::RunFolder(fs::path path, TrainPlan plan, int lock)
    : path_(std::move(path)), plan_(std::move(plan)), lock_(lock) {}

RunFolder::RunFolder(RunFolder&& other) noexcept
    : path_(std::move(other.path_)), plan_(std::move(other.plan_)), lock_(std::exchange(other.lock_, -1)) {}

RunFolder::~RunFolder() {
    if (lock_ >= 0) ::close(lock_);
}

void RunFolder::write_log(const TrainCurve& curve) {
    write_output_file(path_ / "log.csv", print_log(curve), true);
}

void RunFolder::write_checkpoint(std::int64_t step, const std::function<void(const fs::path& scratch)>& fill) {
    const fs::path checkpoint = path_ / ("checkpoint-" + std::to_string(step));
    const fs::path scratch = checkpoint.string() + std::string(kPartial);
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
    for (const RunCheckpoint& checkpoint : old) drop(checkpoint.path);
}

}  // namespace gatescope
