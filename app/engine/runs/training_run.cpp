#include "app/engine/runs/training_run.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "analysis/result_id.h"
#include "analysis/training/model_training.h"
#include "app/engine/runs/own_threads.h"
#include "app/engine/runs/run_checkpoint.h"
#include "app/engine/runs/run_folder.h"
#include "app/engine/runs/run_pace.h"
#include "app/engine/runs/run_parts.h"
#include "model/core/error.h"
#include "model/core/utc_time.h"
#include "model/transformer/device.h"

namespace gatescope {
namespace {

namespace fs = std::filesystem;

double seconds_since(std::chrono::steady_clock::time_point began) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
}

// `trained`: as many as a run that goes on had so far, 0 where it begins: its numbers follow from them.
int threads_of(const TrainPlan& plan, const DeviceWish& wish, int trained) {
    if (plan.threads > 0) return plan.threads;
    if (wish.threads > 0) return wish.threads;
    return trained > 0 ? trained : threads_now();
}

std::vector<std::string> device_warnings(const std::string& device) {
    if (device == "cpu") return {};
    return {"a GPU adds up in no fixed order: the same seed gives nearly the same numbers, not the same bits"};
}

std::unique_ptr<ModelTraining> training_of(const TrainPlan& plan, const RunParts& parts, const std::string& device) {
    return std::make_unique<ModelTraining>(plan, parts.config, parts.parameters, parts.data, device);
}

}  // namespace

struct TrainingRun::State {
    TrainPlan plan;
    std::string device;
    int threads;
    RunParts parts;
    RunFolder folder;
    std::unique_ptr<ModelTraining> training;
    RunPace pace;
    std::shared_ptr<const TextWindows> held_out = held_out_text(plan, parts);
    double unigram_perplexity = parts.data->unigram_perplexity(held_out->windows, parts.config.d_vocab);
    std::vector<RunCheckpoint> checkpoints = folder.checkpoints();
    std::int64_t early = -1;   // step of a checkpoint that was asked for before the step's report was there
    std::int64_t logged = -1;  // step of the last report that log.csv has from us
    std::vector<std::string> warnings = device_warnings(device);
    std::string status = "waiting", message{};
    std::shared_ptr<const ModelSummary> summary{};

    bool has_checkpoint(std::int64_t step) const;
    bool checkpoint_due() const;
    void checkpoint(JobContext& job);
    void work(JobContext& job);
    void log();
    RunNotes notes() const;
    bool complete() const { return training->done() && has_checkpoint(plan.steps) && early < 0; }
    double reports_left() const;
};

bool TrainingRun::State::has_checkpoint(std::int64_t step) const {
    return std::any_of(checkpoints.begin(), checkpoints.end(),
                       [step](const RunCheckpoint& checkpoint) { return checkpoint.step == step; });
}

bool TrainingRun::State::checkpoint_due() const {
    if (!training->between_steps()) return false;
    const std::int64_t step = training->steps_done();
    const bool time = step % plan.checkpoint_every == 0 || step == plan.steps;
    return time && (!has_checkpoint(step) || step == early);
}

RunNotes TrainingRun::State::notes() const {
    RunNotes out{threads,
                 device,
                 pace.cost(),
                 parts.data->held_out_tokens(),
                 parts.data->train_tokens(),
                 unigram_perplexity,
                 parts.data->sha256()};
    out.cost.tokens = static_cast<double>(training->steps_done() * plan.accumulation * plan.batch * plan.window_length);
    out.cost.flops = out.cost.tokens * training->flops_a_token();
    return out;
}

void TrainingRun::State::checkpoint(JobContext& job) {
    const std::int64_t step = training->steps_done();
    folder.write_checkpoint(step,
                            [&](const fs::path& scratch) { fill_checkpoint(scratch, parts, *training, notes(), job); });
    checkpoints = folder.checkpoints();
    early = training->between_steps() ? -1 : step;
    JobContext whole;  // it is written and on the list: nothing cancels what belongs to it
    summary = open_model(checkpoints.back().path, false, false, {}, whole)->summary;
}

void TrainingRun::State::log() {
    const auto curve = training->curve();
    if (!curve || curve->step.back() == logged) return;
    folder.write_log(*curve);
    logged = curve->step.back();
}

void TrainingRun::State::work(JobContext& job) {
    if (training->done()) return;
    const auto began = std::chrono::steady_clock::now();
    const std::int64_t before = training->tokens();
    const auto curve = training->curve();
    (void)training->step(job);
    const auto tokens = static_cast<double>(training->tokens() - before);
    if (tokens > 0)
        pace.trained(seconds_since(began), tokens, tokens * training->flops_a_token());
    else
        pace.reported(seconds_since(began), training->curve() != curve);
}

double TrainingRun::State::reports_left() const {
    const std::int64_t step = training->steps_done(), every = plan.report_every;
    return static_cast<double>((plan.steps + every - 1) / every - step / every);
}

TrainingRun::TrainingRun() = default;
TrainingRun::~TrainingRun() = default;

std::unique_ptr<TrainingRun> TrainingRun::start(const TrainPlan& plan, const fs::path& folder, bool overwrite,
                                                const DeviceWish& wish, JobContext& job) {
    check_run_target(folder, overwrite);
    const int threads = threads_of(plan, wish, 0);
    const OwnThreads own(threads);
    const std::string device = parse_device(wish.device).str();
    RunParts parts = open_parts(plan, device, job);
    auto training = training_of(plan, parts, device);
    std::unique_ptr<TrainingRun> out(new TrainingRun);
    out->state_.reset(new State{plan, device, threads, std::move(parts), RunFolder::create(folder, plan, overwrite),
                                std::move(training), RunPace()});
    return out;
}

std::unique_ptr<TrainingRun> TrainingRun::resume(const fs::path& folder, const DeviceWish& wish, JobContext& job) {
    RunFolder taken = RunFolder::open(folder);
    const TrainPlan plan = taken.plan();
    const std::vector<RunCheckpoint> checkpoints = taken.checkpoints();
    const RunNotes notes = checkpoints.empty() ? RunNotes{} : checkpoint_notes(checkpoints.back().path);
    const int threads = threads_of(plan, wish, notes.threads);
    const OwnThreads own(threads);
    const std::string device = parse_device(wish.device).str();
    std::unique_ptr<TrainingRun> out(new TrainingRun);
    if (checkpoints.empty()) {
        RunParts parts = open_parts(plan, device, job);
        auto training = training_of(plan, parts, device);
        out->state_.reset(
            new State{plan, device, threads, std::move(parts), std::move(taken), std::move(training), RunPace()});
        return out;
    }
    const fs::path last = checkpoints.back().path;
    RunParts parts = open_parts(plan, last, device, job);
    if (notes.data_sha256 != parts.data->sha256())
        throw Failure(FailureKind::kUsage, "was trained on other texts than " + parts.data->name() + " has now",
                      folder.string(), "put those texts back, or begin a new run");
    auto training = training_of(plan, parts, device);
    restore_checkpoint(last, *training);
    out->state_.reset(
        new State{plan, device, threads, std::move(parts), std::move(taken), std::move(training), RunPace(notes.cost)});
    State& state = *out->state_;
    state.summary = open_model(last, false, false, {}, job)->summary;
    if (notes.threads != threads)
        state.warnings.push_back("it was trained with " + std::to_string(notes.threads) +
                                 " threads, and goes on with " + std::to_string(threads) +
                                 ": its numbers are not those of a run that never stopped");
    return out;
}

bool TrainingRun::step(JobContext& job) {
    State& state = *state_;
    const OwnThreads own(state.threads);
    state.log();
    if (state.checkpoint_due())
        state.checkpoint(job);
    else
        state.work(job);
    state.log();
    if (!state.complete()) return true;
    state.status = "done";
    return false;
}

void TrainingRun::write_checkpoint(JobContext& job) {
    State& state = *state_;
    if (state.has_checkpoint(state.training->steps_done())) return;
    const OwnThreads own(state.threads);
    state.checkpoint(job);
}

std::shared_ptr<const RunView> TrainingRun::view() const {
    const State& state = *state_;
    auto out = std::make_shared<RunView>();
    out->id = next_result_id();
    out->folder = state.folder.path().string();
    out->plan = state.plan;
    out->curve = state.training->curve();
    out->status = state.status;
    out->message = state.message;
    out->warnings = state.warnings;
    out->step = state.training->steps_done();
    out->unigram_perplexity = state.unigram_perplexity;
    out->held_out_tokens = state.parts.data->held_out_tokens();
    out->train_tokens = state.parts.data->train_tokens();
    out->seconds = state.pace.cost().seconds;
    out->tokens = static_cast<double>(state.training->tokens());
    out->flops = out->tokens * state.training->flops_a_token();
    out->tokens_per_second = state.pace.tokens_per_second();
    const double all =
        static_cast<double>(state.plan.steps * state.plan.accumulation * state.plan.batch * state.plan.window_length);
    out->seconds_left = state.pace.seconds_left(all - out->tokens, state.reports_left());
    out->checkpoints = state.checkpoints;
    return out;
}

std::shared_ptr<const RunResult> TrainingRun::result() const {
    const State& state = *state_;
    const auto curve = state.training->curve();
    if (!curve || !state.summary) return nullptr;
    auto out = std::make_shared<RunResult>();
    out->id = next_result_id();
    out->request.window_length = state.plan.window_length;
    out->request.windows = static_cast<std::int64_t>(state.held_out->windows.size());
    out->request.concentration = out->request.agreement = false;
    out->request.seed = state.plan.seed;
    out->model = state.summary;
    out->text = state.held_out;
    out->device = state.device;
    out->dtype = "float32";
    out->created = utc_now();
    out->dense = state.training->dense();
    out->windows_done = static_cast<std::int64_t>(out->dense.token_nll.size());
    out->warnings = state.warnings;
    auto own = std::make_shared<TrainCurve>(*curve);
    own->status = state.status;
    out->curves = {own};
    out->complete = state.complete() && out->windows_done > 0;
    return out;
}

std::string TrainingRun::data_sha256() const {
    return state_->parts.data->sha256();
}

void TrainingRun::set_status(const std::string& status, const std::string& message) {
    state_->status = status;
    state_->message = message;
}

}  // namespace gatescope
