#include "app/engine/experiments/experiment_run.h"

#include <algorithm>
#include <optional>
#include <set>

#include "analysis/experiments/experiments.h"
#include "app/engine/experiments/adopted_runs.h"
#include "app/engine/experiments/experiment_command.h"
#include "app/engine/experiments/experiment_folder.h"
#include "app/engine/experiments/experiment_picture.h"
#include "app/engine/experiments/experiment_table.h"
#include "app/engine/experiments/step_checks.h"
#include "app/engine/experiments/step_work.h"
#include "app/engine/runs/run_folder.h"
#include "model/core/error.h"
#include "model/core/utc_time.h"
#include "model/transformer/device.h"

namespace gatescope {
namespace {

namespace fs = std::filesystem;

// What is done already; what of it can't be counted on, one line each.
std::vector<std::string> take_outcomes(ExperimentState& known) {
    std::vector<std::string> warnings;
    std::set<std::string> devices;
    for (const ExperimentStep& step : known.plan->steps) {
        std::string damage;
        if (auto outcome = outcome_of_step(*known.plan, step, &damage)) {
            if (outcome->adopted.empty()) known.pace.took(step, 1, outcome->seconds);
            if (outcome->device != known.device) devices.insert(outcome->device);
            known.outcomes[step.name] = std::move(*outcome);
        }
        if (!damage.empty()) warnings.push_back(damage + "; the step is done again");
    }
    for (const std::string& device : devices)
        warnings.push_back("steps were done on " + device + ", and it goes on with " + known.device);
    return warnings;
}

Failure on_other_texts(const fs::path& folder) {
    return {FailureKind::kUsage, "was begun on other texts than lie there now", folder.string(),
            "put those texts back, or begin a new experiment"};
}

// Steps on other texts, or another model, would be compared with those that are done.
void check_inputs_are(const ExperimentInputs& then, const ExperimentPlan& plan, const fs::path& folder,
                      JobContext& job) {
    const ExperimentInputs now = open_inputs(plan, job);
    if (now.data_sha256 != then.data_sha256) throw on_other_texts(folder);
    if (now != then)
        throw Failure(FailureKind::kUsage, "was begun on other weights than the model has now", folder.string(),
                      "put that model back, or begin a new experiment");
}

}  // namespace

struct ExperimentRun::State {
    ExperimentState known;  // `under_way` and `share` as of the last look
    DeviceWish wish;
    ExperimentFolder folder;
    ExperimentInputs inputs;  // that it was begun on
    std::unique_ptr<StepWork> work{};
    std::optional<StepOutcome> ended{};  // of the work that is over, and not written yet
    bool begun = false;                  // something of the step lies in its folder
    bool table_written = false;
    std::vector<std::pair<fs::path, std::shared_ptr<const RunResult>>> captures{};
    std::vector<std::string> own_warnings{};  // that no step has
    std::size_t pieces = 0;
    mutable ExperimentPicture picture{};
    mutable std::shared_ptr<const ExperimentView> drawn{};
    mutable std::size_t drawn_pieces = 0;

    const ExperimentPlan& plan() const { return *known.plan; }
    const ExperimentStep& now() const { return *known.at_work; }
    void next();
    void keep(StepOutcome outcome);
    bool adopt(JobContext& job);
    void begin(JobContext& job);
    void look();
    void collect();
    bool step(JobContext& job);
    void write_table();
};

// The first step that isn't done.
void ExperimentRun::State::next() {
    const auto& steps = plan().steps;
    const auto found =
        std::ranges::find_if(steps, [&](const ExperimentStep& step) { return !known.outcomes.contains(step.name); });
    known.at_work = found == steps.end() ? nullptr : &*found;
    known.under_way = {};
    known.share = 0;
    std::error_code ignored;
    begun = known.at_work != nullptr && fs::exists(folder_of_step(plan(), now()), ignored);
}

void ExperimentRun::State::keep(StepOutcome outcome) {
    if (outcome.adopted.empty()) known.pace.took(now(), 1, outcome.seconds);
    known.outcomes[now().name] = std::move(outcome);
    next();
}

bool ExperimentRun::State::adopt(JobContext& job) {
    if (begun) return false;
    job.tick();
    auto outcome = adopt_run(plan(), now(), {inputs.data_sha256, known.device});
    if (!outcome) return false;
    keep(std::move(*outcome));
    return true;
}

void ExperimentRun::State::begin(JobContext& job) {
    auto opened = begin_work(now().work, folder_of_step(plan(), now()), wish, job);
    // Files may be written to while an experiment runs.
    if (opened->data_sha256() != inputs.data_sha256) throw on_other_texts(plan().folder);
    work = std::move(opened);
    for (const std::string& warning : work->warnings())
        if (std::ranges::find(own_warnings, warning) == own_warnings.end()) own_warnings.push_back(warning);
}

void ExperimentRun::State::look() {
    known.warnings = own_warnings;
    if (!work) return;
    known.under_way = work->outcome();
    known.under_way.step = now().name;
    known.under_way.device = known.device;
    known.share = std::clamp(work->share(), 0.0, 1.0);
}

void ExperimentRun::State::collect() {
    if (!work) return;
    const auto bare = work->take_capture();
    if (!bare) return;
    auto capture = std::make_shared<RunResult>(*bare);
    capture->command = experiment_command(plan().setting, plan().folder);
    captures.emplace_back(capture_of_run(folder_of_step(plan(), now())), std::move(capture));
}

void ExperimentRun::State::write_table() {
    ExperimentState done = known;
    done.status = "done";
    const auto view = picture.draw(done);
    folder.write_table(plan(), experiment_markdown(find_experiment(plan().setting.experiment), *view->result));
    table_written = true;
    known.status = done.status;
}

bool ExperimentRun::State::step(JobContext& job) {
    if (known.at_work == nullptr) {
        if (!table_written) write_table();
        return false;
    }
    if (!work) {
        if (!adopt(job)) begin(job);
        return true;
    }
    if (!ended) {
        const bool more = work->step(job);
        collect();
        if (more) return true;
        look();
        ended = known.under_way;
        ended->done = true;
    }
    folder.write_outcome(plan(), now(), *ended);
    work.reset();  // a model's memory goes before the next one's comes
    keep(std::move(*std::exchange(ended, std::nullopt)));
    return true;
}

ExperimentRun::ExperimentRun() = default;
ExperimentRun::~ExperimentRun() = default;

std::unique_ptr<ExperimentRun> ExperimentRun::start(const ExperimentSetting& setting, const fs::path& folder,
                                                    bool overwrite, const DeviceWish& wish, JobContext& job) {
    check_experiment_target(folder, overwrite);
    ExperimentState known;
    known.device = parse_device(wish.device).str();
    known.plan = std::make_shared<const ExperimentPlan>(plan_of_setting(setting, folder, job));
    known.status = "waiting";
    known.created = utc_now();
    check_steps(*known.plan, known.device);
    const ExperimentFile file{known.plan->setting, known.created, open_inputs(*known.plan, job)};
    ExperimentFolder taken = ExperimentFolder::create(*known.plan, file, overwrite);
    known.there = steps_there(*known.plan);
    std::unique_ptr<ExperimentRun> out(new ExperimentRun);
    out->state_.reset(new State{std::move(known), wish, std::move(taken), file.inputs});
    out->state_->next();
    return out;
}

std::unique_ptr<ExperimentRun> ExperimentRun::resume(const fs::path& folder, const DeviceWish& wish, JobContext& job) {
    ExperimentFolder taken = ExperimentFolder::open(folder);
    const ExperimentFile file = read_experiment_file(folder);
    ExperimentState known;
    known.device = parse_device(wish.device).str();
    known.plan = std::make_shared<const ExperimentPlan>(plan_of_setting(file.setting, folder, job));
    known.status = "waiting";
    known.created = file.created;
    std::vector<std::string> warnings = take_outcomes(known);
    if (known.outcomes.size() < known.plan->steps.size()) {
        check_steps(*known.plan, known.device);
        check_inputs_are(file.inputs, *known.plan, folder, job);
    }
    known.there = steps_there(*known.plan);
    std::unique_ptr<ExperimentRun> out(new ExperimentRun);
    out->state_.reset(new State{std::move(known), wish, std::move(taken), file.inputs});
    out->state_->own_warnings = std::move(warnings);
    out->state_->next();
    return out;
}

bool ExperimentRun::step(JobContext& job) {
    ++state_->pieces;
    return state_->step(job);
}

void ExperimentRun::save(JobContext& job) {
    State& state = *state_;
    if (!state.work || state.ended) return;
    ++state.pieces;
    state.work->save(job);
    state.collect();
}

std::shared_ptr<const ExperimentView> ExperimentRun::view() const {
    State& state = *state_;
    if (!state.drawn || state.drawn_pieces != state.pieces) {
        state.look();
        state.drawn = state.picture.draw(state.known);
        state.drawn_pieces = state.pieces;
    }
    return state.drawn;
}

std::vector<std::pair<fs::path, std::shared_ptr<const RunResult>>> ExperimentRun::take_captures() {
    return std::exchange(state_->captures, {});
}

void ExperimentRun::set_status(const std::string& status, const std::string& message) {
    ++state_->pieces;
    state_->known.status = status;
    state_->known.message = message;
}

void ExperimentRun::expect(const std::vector<double>& step_seconds) {
    ++state_->pieces;
    state_->known.pace.expect(state_->plan(), step_seconds);
}

}  // namespace gatescope
