#include "tests/support/fake_experiments.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "analysis/result_id.h"
#include "tests/support/fake_snapshot.h"

namespace gatescope::fake {
namespace {

constexpr const char* kSetting = "tiny (4 layers, 128 wide), sample text, 1,600 steps";
constexpr const char* kPaperSetting = "31M, WikiText-103, 20,000 steps";

bool by_levels(const std::string& experiment) {
    return experiment == "absorption-gradient";
}

// What an arm or a level comes to, over three seeds.
Quantity over_seeds_of(double mean) {
    Quantity out;
    out.values = {mean - 0.6, mean + 0.1, mean + 0.5};
    out.mean = mean, out.deviation = 0.56, out.low = mean - 1.4, out.high = mean + 1.4;
    out.count = 3, out.over = "seeds";
    return out;
}

ExperimentRow row(const std::string& what, double ours, const std::string& paper) {
    return {what,
            "perplexity",
            over_seeds_of(ours),
            kSetting,
            paper,
            paper.empty() ? "" : kPaperSetting,
            "the order of the arms; not the level: another model, text and length of training"};
}

ExperimentSummary by_arm(std::size_t steps_done, std::size_t steps) {
    ExperimentSummary out;
    const std::vector<std::pair<std::string, double>> arms = {
        {"dense", 61.2}, {"soft-learned", 66.8}, {"soft-random", 67.3}};
    const std::vector<std::string> papers = {"37.32", "48.73 ± 0.60 (3 seeds)", "49.83 ± 0.04 (3 seeds)"};
    const std::size_t there = steps_done * arms.size() / steps;
    ExperimentChart bars;
    bars.id = "arms", bars.title = "Held-out perplexity by arm", bars.x_label = "Arm", bars.y_label = "Perplexity";
    bars.bars = true;
    for (std::size_t arm = 0; arm < arms.size(); ++arm) {
        const auto& [name, mean] = arms[arm];
        bars.categories.push_back(name);
        if (arm >= there) continue;
        const std::string role = arm == 0 ? "dense" : arm == 1 ? "learned" : "random";
        bars.series.push_back({name, role, {static_cast<double>(arm)}, {mean}, {mean - 1.4}, {mean + 1.4}});
        out.rows.push_back(row("Perplexity, " + name, mean, papers[arm]));
    }
    bars.levels.push_back({"paper, dense", "paper", 37.32});
    out.charts.push_back(std::move(bars));
    return out;
}

ExperimentSummary by_level(std::size_t steps_done, std::size_t steps) {
    ExperimentSummary out;
    ExperimentChart lines;
    lines.id = "figure-3", lines.title = "Perplexity under the gate by unfrozen layers";
    lines.x_label = "Layers unfrozen", lines.y_label = "Perplexity";
    lines.shade_gap = true;
    ExperimentSeries random{"Frozen random gate", "random", {}, {}, {}, {}};
    ExperimentSeries learned{"Learned gate", "learned", {}, {}, {}, {}};
    for (std::size_t level = 0; level < 5 * steps_done / steps; ++level) {
        const auto x = static_cast<double>(level);
        const double high = 60 + 40 * std::exp(-x), low = 60 + 4 * std::exp(-x);
        for (auto& [series, y] : {std::pair(&random, high), std::pair(&learned, low)}) {
            series->x.push_back(x), series->y.push_back(y);
            series->low.push_back(y - 1.5), series->high.push_back(y + 1.5);
        }
        out.rows.push_back(row("Gap, " + std::to_string(level) + " layers", high - low, level == 0 ? "31.5" : ""));
    }
    lines.series = {std::move(random), std::move(learned)};
    lines.levels.push_back({"dense", "dense", 58.3});
    out.charts.push_back(std::move(lines));
    return out;
}

ExperimentSummary summary_of(const std::string& experiment, std::size_t done, std::size_t steps) {
    ExperimentSummary out = by_levels(experiment) ? by_level(done, steps) : by_arm(done, steps);
    out.rule = "supports where the 95 % interval of the paired difference holds 0 and its width is below 1";
    out.notes = {"The paper does not give the soft gate's formula; ours is sigmoid(x A y / sqrt(d))."};
    if (done < steps) return out;
    out.verdict = Verdict::kSupports;
    out.sentence = "Supports the paper: learned and random differ by 0.5 (-0.9 to 1.9), 8 % of what gating costs.";
    return out;
}

std::string folder_of(const std::string& experiment) {
    return "/experiments/" + experiment;
}

}  // namespace

std::shared_ptr<const ExperimentPlan> experiment_plan_of(const std::string& experiment) {
    ExperimentSetting setting;
    setting.experiment = experiment;
    return std::make_shared<const ExperimentPlan>(experiment_plan(setting, folder_of(experiment), nullptr));
}

std::shared_ptr<const ExperimentView> experiment(const ExperimentShape& shape) {
    auto result = std::make_shared<ExperimentResult>();
    result->id = next_result_id();
    result->plan = experiment_plan_of(shape.experiment);
    const std::vector<ExperimentStep>& steps = result->plan->steps;
    const std::size_t done = std::min(shape.done, steps.size());
    for (std::size_t step = 0; step < done; ++step) {
        StepOutcome& outcome = result->outcomes[steps[step].name];
        outcome.step = steps[step].name, outcome.done = true, outcome.seconds = 62.5, outcome.device = "cpu";
        if (step == 0) outcome.adopted = folder_of("concentration") + "/" + outcome.step;
    }
    result->summary = summary_of(shape.experiment, done, steps.size());
    result->status = shape.status;
    result->command = "gatescope experiment " + shape.experiment;
    result->created = "2025-01-02T03:04:05Z", result->device = "cpu";
    result->seconds = 62.5 * static_cast<double>(done);

    auto out = std::make_shared<ExperimentView>();
    out->id = next_result_id();
    out->folder = folder_of(shape.experiment) + (shape.from_capture ? "/experiment.h5" : "");
    out->from_capture = shape.from_capture;
    out->status = shape.status;
    if (shape.status == "failed")
        out->message = steps[std::min(done, steps.size() - 1)].name + ": the loss is not finite";
    out->steps_done = done;
    if (shape.status == "running" && done < steps.size()) {
        out->at_work = steps[done].title;
        out->step_share = 0.4;
        out->seconds_left = 62.5 * (static_cast<double>(steps.size() - done) - out->step_share);
    }
    out->result = std::move(result);
    return out;
}

std::shared_ptr<const ExperimentProposal> proposal(const std::string& experiment, bool estimated) {
    auto out = std::make_shared<ExperimentProposal>();
    out->id = next_result_id();
    out->plan = experiment_plan_of(experiment);
    out->setting = out->plan->setting;
    out->device = "cpu";
    if (!estimated) return out;
    out->step_seconds.assign(out->plan->steps.size(), 60);
    out->seconds = 60 * static_cast<double>(out->plan->steps.size());
    return out;
}

std::shared_ptr<const ExperimentProposal> refused_proposal(const std::string& experiment, const std::string& why) {
    auto out = std::make_shared<ExperimentProposal>();
    out->id = next_result_id();
    out->setting.experiment = experiment;
    out->refusal = why;
    return out;
}

Snapshot experiment_session() {
    Snapshot out = snapshot({.layers = 4, .heads = 4, .tokens = 256, .windows = 4});
    out.jobs.clear();
    out.experiments = {experiment({"soft-gating", 99, "done"}), experiment({"absorption-gradient", 7, "running"}),
                       experiment({"concentration", 0, "waiting"})};
    out.proposal = proposal("soft-gating");
    return out;
}

}  // namespace gatescope::fake
