#include "tests/support/fake_runs.h"

#include <utility>

#include "analysis/result_id.h"
#include "app/engine/runs/recipe_folder.h"
#include "app/engine/runs/run_folder.h"
#include "app/engine/runs/training_run.h"
#include "model/core/error.h"
#include "tests/support/fake_world.h"

namespace gatescope {
namespace {

FakeRuns& runs() {
    return world().runs;
}

FakeRunFolder there(const std::filesystem::path& folder) {
    const std::lock_guard lock(runs().mutex);
    const auto found = runs().folders.find(folder.string());
    if (found == runs().folders.end()) throw Failure(FailureKind::kNotFound, "is no run's folder", folder.string());
    return found->second;
}

bool holds_run(const std::filesystem::path& folder) {
    const std::lock_guard lock(runs().mutex);
    return runs().folders.contains(folder.string());
}

std::int64_t trained(const FakeRunFolder& folder) {
    return folder.checkpoints.empty() ? 0 : folder.checkpoints.back().step;
}

}  // namespace

bool is_run_folder(const std::filesystem::path& folder) {
    return holds_run(folder);
}

std::filesystem::path capture_of_run(const std::filesystem::path& folder) {
    return folder / "run.h5";
}

std::vector<PlacedRun> placed_runs(const Recipe& recipe, const std::filesystem::path& folder) {
    std::vector<PlacedRun> out;
    for (const TrainPlan& plan : train_plans(recipe))
        out.push_back({plan, plan.folder.empty() ? folder : folder / plan.folder});
    return out;
}

void check_inputs(const TrainPlan& plan) {
    for (const std::string& text : plan.texts)
        if (text.starts_with("/no"))
            throw Failure(FailureKind::kNotFound, "there is no such file", "data.text: " + text);
}

void check_targets(const std::vector<PlacedRun>& places, const std::filesystem::path&, bool overwrite) {
    for (const PlacedRun& run : places)
        if (holds_run(run.folder) && !overwrite)
            throw Failure(FailureKind::kUsage, "holds a run already", run.folder.string());
}

void write_recipe_of_runs(const Recipe& recipe, const std::filesystem::path& folder) {
    const std::lock_guard lock(runs().mutex);
    runs().recipes[folder.string()] = recipe;
}

std::vector<PlacedRun> runs_of_folder(const std::filesystem::path& folder) {
    std::vector<PlacedRun> out;
    const std::lock_guard lock(runs().mutex);
    if (const auto recipe = runs().recipes.find(folder.string()); recipe != runs().recipes.end())
        return placed_runs(recipe->second, folder);
    for (const auto& [name, found] : runs().folders)
        if (name == folder || std::filesystem::path(name).parent_path() == folder) out.push_back({found.plan, name});
    if (out.empty()) throw Failure(FailureKind::kNotFound, "holds no run", folder.string());
    return out;
}

FolderHold::FolderHold(const std::filesystem::path&, const std::string&) {}
FolderHold::~FolderHold() = default;

RunFolder::RunFolder(std::filesystem::path path, TrainPlan plan, FolderHold hold)
    : path_(std::move(path)), plan_(std::move(plan)), hold_(std::move(hold)) {}

RunFolder RunFolder::create(const std::filesystem::path& folder, const TrainPlan& plan, bool) {
    if (folder.filename() == "full") throw Failure(FailureKind::kOutput, "the disk is full", folder.string());
    const std::lock_guard lock(runs().mutex);
    runs().folders[folder.string()] = {plan, {}};
    return {folder, plan, FolderHold(folder, {})};
}

struct TrainingRun::State {
    std::string folder, status = "running", message;
    TrainPlan plan;
    std::int64_t step = 0;
    State() { ++runs().in_memory; }
    ~State() { --runs().in_memory; }
    State(const State&) = delete;
    State& operator=(const State&) = delete;
};

TrainingRun::TrainingRun() : state_(std::make_unique<State>()) {}
TrainingRun::~TrainingRun() = default;

std::unique_ptr<TrainingRun> TrainingRun::resume(const std::filesystem::path& folder, const DeviceWish&,
                                                 JobContext& job) {
    do {
        job.tick();
    } while (runs().hold_preparing);
    const FakeRunFolder found = there(folder);
    auto out = std::unique_ptr<TrainingRun>(new TrainingRun);
    out->state_->folder = folder.string();
    out->state_->plan = found.plan;
    out->state_->step = trained(found);
    const std::lock_guard lock(runs().mutex);
    runs().begun.push_back(found.plan.name + " from " + std::to_string(out->state_->step));
    return out;
}

bool TrainingRun::step(JobContext& job) {
    State& state = *state_;
    if (state.step >= state.plan.steps) return false;
    if (runs().at_step) runs().at_step(state.plan, state.step);
    try {
        do {
            job.tick();
        } while (runs().hold);
    } catch (const Cancelled&) {
        ++runs().cancelled;
        throw;
    }
    const bool last = state.step + 1 >= state.plan.steps;
    if (last || (state.step + 1) % state.plan.checkpoint_every == 0) {
        if (runs().disk_full) throw Failure(FailureKind::kOutput, "the disk is full", state.folder);
    }
    ++state.step;
    ++runs().steps;
    if (last || state.step % state.plan.checkpoint_every == 0) write_checkpoint(job);
    return !last;
}

void TrainingRun::write_checkpoint(JobContext&) {
    if (runs().disk_full) throw Failure(FailureKind::kOutput, "the disk is full", state_->folder);
    const std::lock_guard lock(runs().mutex);
    auto& checkpoints = runs().folders[state_->folder].checkpoints;
    if (!checkpoints.empty() && checkpoints.back().step == state_->step) return;
    checkpoints.push_back({state_->step, state_->folder + "/checkpoint-" + std::to_string(state_->step)});
    ++runs().checkpoints;
}

std::shared_ptr<const RunView> TrainingRun::view() const {
    ++runs().views;
    auto out = std::make_shared<RunView>();
    out->id = next_result_id();
    out->folder = state_->folder;
    out->plan = state_->plan;
    out->status = state_->status;
    out->message = state_->message;
    out->step = state_->step;
    out->checkpoints = there(state_->folder).checkpoints;
    return out;
}

std::shared_ptr<const RunResult> TrainingRun::result() const {
    auto out = std::make_shared<RunResult>();
    out->complete = state_->step >= state_->plan.steps;
    auto curve = std::make_shared<TrainCurve>();
    curve->status = state_->status;
    curve->step = {0, state_->step};
    out->curves = {curve};
    ++runs().captures;
    return out;
}

void TrainingRun::set_status(const std::string& status, const std::string& message) {
    state_->status = status;
    state_->message = message;
}

std::shared_ptr<const RunView> view_of_folder(const std::filesystem::path& folder) {
    const FakeRunFolder found = there(folder);
    auto out = std::make_shared<RunView>();
    out->id = next_result_id();
    out->folder = folder.string();
    out->plan = found.plan;
    out->step = trained(found);
    out->status = out->step >= found.plan.steps ? "done" : "stopped";
    out->checkpoints = found.checkpoints;
    return out;
}

}  // namespace gatescope
