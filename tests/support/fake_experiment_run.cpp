#include "tests/support/fake_experiment_run.h"

#include <algorithm>
#include <utility>

#include "analysis/result_id.h"
#include "app/engine/experiments/experiment_estimate.h"
#include "app/engine/experiments/experiment_run.h"
#include "captures/experiment_file.h"
#include "model/core/error.h"
#include "tests/support/fake_world.h"

namespace gatescope {
namespace {

FakeExperiments& experiments() {
    return world().experiments;
}

FakeExperimentFolder there(const std::filesystem::path& folder) {
    const std::lock_guard lock(experiments().mutex);
    const auto found = experiments().folders.find(folder.string());
    if (found == experiments().folders.end())
        throw Failure(FailureKind::kNotFound, "is no experiment's folder", folder.string());
    return found->second;
}

ExperimentPlan planned(const ExperimentSetting& setting, const std::filesystem::path& folder) {
    if (setting.experiment == "unknown") throw Failure(FailureKind::kUsage, "there is no experiment \"unknown\"");
    if (setting.model == "missing") throw Failure(FailureKind::kNotFound, "there is no such file", setting.model);
    ExperimentPlan out;
    out.setting = setting;
    out.folder = folder.string();
    out.course.seeds = setting.seeds.empty() ? std::vector<std::int64_t>{0} : setting.seeds;
    for (const std::int64_t seed : out.course.seeds) {
        const std::string of = std::to_string(seed);
        out.steps.push_back({"dense-seed-" + of, "base", seed, "Train dense, seed " + of, TrainWork{}});
    }
    return out;
}

std::size_t steps_of(std::int64_t pieces) {
    return static_cast<std::size_t>(pieces / experiments().pieces_of_a_step);
}

std::shared_ptr<const ExperimentView> view_of(const std::filesystem::path& folder, const ExperimentSetting& setting,
                                              std::int64_t pieces, std::string status, const std::string& message) {
    auto result = std::make_shared<ExperimentResult>();
    result->id = next_result_id();
    result->plan = std::make_shared<const ExperimentPlan>(planned(setting, folder));
    const std::vector<ExperimentStep>& steps = result->plan->steps;
    const std::size_t done = std::min(steps.size(), steps_of(pieces));
    if (status.empty()) status = done == steps.size() ? "done" : "stopped";
    for (std::size_t step = 0; step < done; ++step) result->outcomes[steps[step].name].done = true;
    if (done == steps.size()) {
        result->summary.verdict = Verdict::kSupports;
        result->summary.sentence = "Supports what it should.";
    }
    result->status = status;
    auto out = std::make_shared<ExperimentView>();
    out->id = next_result_id();
    out->folder = folder.string();
    out->status = std::move(status);
    out->message = message;
    out->steps_done = done;
    if (done < steps.size()) out->at_work = steps[done].title;
    const std::int64_t each = experiments().pieces_of_a_step;
    out->step_share = static_cast<double>(pieces % each) / static_cast<double>(each);
    out->result = std::move(result);
    return out;
}

void note_capture_thread() {
    experiments().capture_threads.insert(std::this_thread::get_id());
}

}  // namespace

ExperimentPlan plan_of_setting(const ExperimentSetting& setting, const std::filesystem::path& folder, JobContext& job) {
    do {
        job.tick();
    } while (experiments().hold_plans);
    ExperimentPlan out = planned(setting, folder);
    ++experiments().plans;
    return out;
}

std::vector<double> estimate_seconds(const ExperimentPlan& plan, const DeviceWish&, JobContext& job) {
    do {
        job.tick();
    } while (experiments().hold_probes);
    ++experiments().probes;
    std::vector<double> out;
    for (const bool there : steps_there(plan)) out.push_back(there ? 0 : 10);
    return out;
}

bool is_experiment_folder(const std::filesystem::path& folder) {
    const std::lock_guard lock(experiments().mutex);
    return experiments().folders.contains(folder.string());
}

std::vector<bool> steps_there(const ExperimentPlan& plan) {
    std::vector<bool> out(plan.steps.size());
    if (!is_experiment_folder(plan.folder)) return out;
    std::fill_n(out.begin(), std::min(out.size(), steps_of(there(plan.folder).pieces)), true);
    return out;
}

std::shared_ptr<const ExperimentView> view_of_experiment(const std::filesystem::path& folder) {
    const FakeExperimentFolder found = there(folder);
    return view_of(folder, found.setting, found.pieces, {}, {});
}

std::filesystem::path capture_of_experiment(const std::filesystem::path& folder) {
    return folder / "experiment.h5";
}

struct ExperimentRun::State {
    std::string folder, status = "waiting", message;
    ExperimentSetting setting;
    std::int64_t piece = 0;
    std::vector<double> expected;
    std::vector<std::pair<std::filesystem::path, std::shared_ptr<const RunResult>>> captures;
    State() { ++experiments().in_memory; }
    ~State() { --experiments().in_memory; }
    State(const State&) = delete;
    State& operator=(const State&) = delete;
};

ExperimentRun::ExperimentRun() : state_(std::make_unique<State>()) {}
ExperimentRun::~ExperimentRun() = default;

std::unique_ptr<ExperimentRun> ExperimentRun::start(const ExperimentSetting& setting,
                                                    const std::filesystem::path& folder, bool overwrite,
                                                    const DeviceWish&, JobContext& job) {
    job.tick();
    static_cast<void>(planned(setting, folder));
    if (folder.filename() == "full") throw Failure(FailureKind::kOutput, "the disk is full", folder.string());
    auto out = std::unique_ptr<ExperimentRun>(new ExperimentRun);
    out->state_->folder = folder.string();
    out->state_->setting = setting;
    const std::lock_guard lock(experiments().mutex);
    if (experiments().folders.contains(folder.string()) && !overwrite)
        throw Failure(FailureKind::kUsage, "holds an experiment already", folder.string());
    experiments().folders[folder.string()] = {setting, 0};
    return out;
}

std::unique_ptr<ExperimentRun> ExperimentRun::resume(const std::filesystem::path& folder, const DeviceWish&,
                                                     JobContext& job) {
    do {
        job.tick();
    } while (experiments().hold_preparing);
    const FakeExperimentFolder found = there(folder);
    auto out = std::unique_ptr<ExperimentRun>(new ExperimentRun);
    out->state_->folder = folder.string();
    out->state_->setting = found.setting;
    out->state_->piece = found.pieces;
    const std::lock_guard lock(experiments().mutex);
    experiments().begun.push_back(folder.string() + " from " + std::to_string(found.pieces));
    return out;
}

bool ExperimentRun::step(JobContext& job) {
    State& state = *state_;
    const std::int64_t each = experiments().pieces_of_a_step;
    const auto steps = static_cast<std::int64_t>(planned(state.setting, state.folder).steps.size());
    if (state.piece >= steps * each) return false;
    if (experiments().at_piece) experiments().at_piece(state.setting, state.piece);
    {
        const std::lock_guard lock(experiments().mutex);
        experiments().titles.insert(job.progress().title);
    }
    try {
        do {
            job.tick();
        } while (experiments().hold || experiments().hold_at == state.piece);
    } catch (const Cancelled&) {
        ++experiments().cancelled;
        throw;
    }
    const bool ends_step = (state.piece + 1) % each == 0;
    if (ends_step && experiments().disk_full) throw Failure(FailureKind::kOutput, "the disk is full", state.folder);
    ++state.piece;
    ++experiments().pieces;
    if (ends_step) {
        const std::string step = "dense-seed-" + std::to_string(state.piece / each - 1);
        state.captures.emplace_back(std::filesystem::path(state.folder) / step / "run.h5",
                                    std::make_shared<const RunResult>());
        save(job);
    }
    return state.piece < steps * each;
}

void ExperimentRun::save(JobContext&) {
    if (experiments().disk_full) throw Failure(FailureKind::kOutput, "the disk is full", state_->folder);
    const std::lock_guard lock(experiments().mutex);
    experiments().folders[state_->folder].pieces = state_->piece;
}

std::shared_ptr<const ExperimentView> ExperimentRun::view() const {
    ++experiments().views;
    auto out = std::make_shared<ExperimentView>(
        *view_of(state_->folder, state_->setting, state_->piece, state_->status, state_->message));
    if (!state_->expected.empty()) out->seconds_left = 0;
    for (std::size_t step = out->steps_done; step < state_->expected.size(); ++step)
        out->seconds_left += state_->expected[step];
    return out;
}

std::vector<std::pair<std::filesystem::path, std::shared_ptr<const RunResult>>> ExperimentRun::take_captures() {
    return std::exchange(state_->captures, {});
}

void ExperimentRun::set_status(const std::string& status, const std::string& message) {
    state_->status = status;
    state_->message = message;
}

void ExperimentRun::expect(const std::vector<double>& step_seconds) {
    state_->expected = step_seconds;
}

void write_experiment(const ExperimentResult& result, const std::filesystem::path& path, bool, JobContext&) {
    if (experiments().disk_full) throw Failure(FailureKind::kOutput, "the disk is full", path.string());
    const std::lock_guard lock(experiments().mutex);
    note_capture_thread();
    experiments().captured[path.string()] = std::make_shared<const ExperimentResult>(result);
}

std::shared_ptr<const ExperimentResult> read_experiment(const std::filesystem::path& path) {
    if (auto found = experiments().capture_at(path.string())) return found;
    throw Failure(FailureKind::kNotFound, "there is no such file", path.string());
}

bool is_experiment(const std::filesystem::path& path) {
    return experiments().capture_at(path.string()) != nullptr;
}

}  // namespace gatescope
