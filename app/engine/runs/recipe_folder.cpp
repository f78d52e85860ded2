#include "app/engine/runs/recipe_folder.h"

#include <string>

#include "app/engine/models.h"
#include "app/engine/runs/run_folder.h"
#include "model/core/error.h"
#include "model/core/output_file.h"
#include "model/gates/gate_syntax.h"

namespace gatescope {
namespace {

namespace fs = std::filesystem;

constexpr const char* kWhole = "recipes.json";

// `path_of` may refuse a name by itself.
template <typename PathOf>
void require_there(const PathOf& path_of, const std::string& field) {
    try {
        const fs::path path = path_of();
        std::error_code ignored;
        if (!fs::exists(path, ignored))
            throw Failure(FailureKind::kNotFound, "no such file or folder", path.string(), "check the path");
    } catch (const Failure& failure) {
        throw failure.at(field);
    }
}

}  // namespace

std::vector<PlacedRun> placed_runs(const Recipe& recipe, const fs::path& folder) {
    std::vector<PlacedRun> out;
    for (TrainPlan& plan : train_plans(recipe)) {
        fs::path place = plan.folder.empty() ? folder : folder / plan.folder;
        out.push_back({std::move(plan), std::move(place)});
    }
    return out;
}

void check_inputs(const TrainPlan& plan) {
    for (const std::string& text : plan.texts) require_there([&] { return text_path(text); }, "data.text");
    if (!plan.from_scratch)
        require_there([&] { return model_path(plan.checkpoint); }, "model.checkpoint");
    else if (plan.tokenizer != "own")
        require_there([&] { return model_path(plan.tokenizer); }, "data.tokenizer");
    for (const std::string& file : files_of(parse_trained_gate(plan.gate)))
        require_there([&] { return file; }, "gate.gate");
}

void check_targets(const std::vector<PlacedRun>& runs, const fs::path& folder, bool overwrite) {
    if (runs.size() > 1 && is_run_folder(folder))
        throw Failure(FailureKind::kUsage, "holds a single run", folder.string(),
                      "the recipe makes several; name another folder");
    for (const PlacedRun& run : runs) check_run_target(run.folder, overwrite);
    std::error_code ignored;
    if (runs.size() > 1 && !overwrite && fs::exists(folder / kWhole, ignored))
        throw Failure(FailureKind::kUsage, "holds the runs of another recipe", folder.string(),
                      "go on with them (--resume), overwrite their recipe (--force) or name another folder");
}

void write_recipe_of_runs(const Recipe& recipe, const fs::path& folder) {
    write_output_file(folder / kWhole, print_recipe(recipe), true);
}

std::vector<PlacedRun> runs_of_folder(const fs::path& folder) {
    std::error_code ignored;
    if (fs::exists(folder / kWhole, ignored)) return placed_runs(read_recipe((folder / kWhole).string()), folder);
    std::vector<PlacedRun> out;
    for (const fs::path& each : run_folders_in(folder)) out.push_back({plan_of_run(each), each});
    if (out.empty())
        throw Failure(FailureKind::kNotFound, "holds no run", folder.string(),
                      "name a folder that `gatescope train` or the window made");
    return out;
}

}  // namespace gatescope
