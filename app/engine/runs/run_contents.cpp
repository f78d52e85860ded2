// What is read of runs' folders, taken or not.
#include <sys/stat.h>

#include <algorithm>
#include <charconv>
#include <string_view>
#include <system_error>

#include "app/engine/runs/run_folder.h"
#include "model/checkpoint/json_text.h"
#include "model/core/error.h"
#include "model/core/last_part.h"

namespace gatescope {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMostRecipeBytes = std::uint64_t{1} << 20;
constexpr std::size_t kMostEntries = 10'000;
constexpr std::string_view kCheckpoint = "checkpoint-";

// In name order; an unreadable folder has none.
std::vector<fs::path> folders_in(const fs::path& folder) {
    std::vector<fs::path> out;
    std::error_code error;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end && out.size() < kMostEntries;
         entry.increment(error)) {
        std::error_code ignored;
        if (entry->is_directory(ignored)) out.push_back(entry->path());
    }
    std::sort(out.begin(), out.end());
    return out;
}

// The step of "checkpoint-250"; -1 for any other name.
std::int64_t step_of(const std::string& name) {
    if (!name.starts_with(kCheckpoint)) return -1;
    const std::string_view digits = std::string_view(name).substr(kCheckpoint.size());
    std::int64_t step = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), step);
    const bool whole = error == std::errc() && end == digits.data() + digits.size();
    return whole && std::to_string(step) == digits ? step : -1;
}

// "seed-9" before "seed-10".
bool before(const fs::path& a, const fs::path& b) {
    return ::strverscmp(a.filename().c_str(), b.filename().c_str()) < 0;
}

// How recipes of several runs name the folder of this one: with other seeds, with other arms.
std::vector<std::string> names_among_others(const TrainPlan& plan) {
    Recipe seeds = plan.recipe, arms = plan.recipe;
    seeds.seeds.push_back(plan.seed == 0 ? 1 : 0);
    std::vector<std::string> out = {train_plans(seeds).front().folder};
    if (arms.arms.empty()) return out;
    arms.arms.push_back(arms.arms.front());
    arms.arms.back().name = arms.arms.front().name == "other" ? "another" : "other";
    out.push_back(train_plans(arms).front().folder);
    return out;
}

std::string listed(const std::vector<fs::path>& folders) {
    constexpr std::size_t kMostListed = 8;
    std::string out;
    for (std::size_t n = 0; n < std::min(folders.size(), kMostListed); ++n)
        out += (n > 0 ? ", " : "") + folders[n].filename().string();
    return folders.size() > kMostListed ? out + " ..." : out;
}

}  // namespace

bool is_run_folder(const fs::path& folder) {
    std::error_code ignored;
    return fs::is_regular_file(folder / "recipe.json", ignored) && !fs::exists(folder / "config.json", ignored);
}

std::vector<fs::path> run_folders_in(const fs::path& folder) {
    if (is_run_folder(folder)) return {folder};
    std::vector<fs::path> out = folders_in(folder);
    std::erase_if(out, [](const fs::path& one) { return !is_run_folder(one); });
    std::sort(out.begin(), out.end(), before);
    return out;
}

TrainPlan plan_of_run(const fs::path& folder) {
    const fs::path file = folder / "recipe.json";
    std::vector<TrainPlan> plans = train_plans(parse_recipe(read_small_file(file, kMostRecipeBytes), file.string()));
    if (plans.size() != 1)
        throw Failure(FailureKind::kBadFile, "is the recipe of " + std::to_string(plans.size()) + " runs",
                      file.string(), "a run's folder has the recipe of one");
    TrainPlan& plan = plans.front();
    for (const std::string& name : names_among_others(plan))
        if (name == last_part(folder.string())) plan.folder = name;
    return std::move(plan);
}

std::vector<RunCheckpoint> checkpoints_of_run(const fs::path& folder) {
    std::vector<RunCheckpoint> out;
    for (const fs::path& one : folders_in(folder))
        if (const std::int64_t step = step_of(one.filename().string()); step >= 0) out.push_back({step, one.string()});
    std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.step < b.step; });
    return out;
}

fs::path capture_of_run(const fs::path& folder) {
    return folder / "run.h5";
}

fs::path model_of_run(const fs::path& path) {
    std::error_code ignored;
    if (!fs::is_directory(path, ignored)) return path;
    const std::vector<fs::path> runs =
        fs::exists(path / "config.json", ignored) ? std::vector<fs::path>{} : run_folders_in(path);
    if (runs.empty()) return path;
    if (runs.size() > 1)
        throw Failure(FailureKind::kUsage, "holds " + std::to_string(runs.size()) + " runs", path.string(),
                      "name one of them: " + listed(runs));
    const std::vector<RunCheckpoint> checkpoints = checkpoints_of_run(runs.front());
    if (checkpoints.empty())
        throw Failure(FailureKind::kNotFound, "is a run without a checkpoint", runs.front().string(),
                      "train it on: gatescope train --resume");
    return checkpoints.back().path;
}

std::string model_name_of(const fs::path& path) {
    const std::string name = last_part(path.string());
    const fs::path whole = fs::path(path.string().substr(0, path.string().find_last_not_of('/') + 1));
    if (step_of(name) < 0 || !is_run_folder(whole.parent_path())) return name;
    std::error_code ignored;
    return last_part(fs::absolute(whole.parent_path(), ignored).lexically_normal().string()) + " " + name;
}

}  // namespace gatescope
