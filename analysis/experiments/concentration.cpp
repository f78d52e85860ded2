// Figure 1: how much of the attention falls on a query's k strongest keys, layer by layer.
#include <algorithm>
#include <cmath>
#include <limits>

#include "analysis/experiments/experiment_entries.h"
#include "analysis/experiments/experiment_rows.h"
#include "analysis/experiments/outcome_means.h"
#include "analysis/experiments/seed_statistics.h"

namespace gatescope {
namespace {

constexpr const char* kArm = "dense";
constexpr double kPercent = 100;

std::vector<ExperimentStep> steps_of(const ExperimentCourse& course, const std::string& folder) {
    std::vector<ExperimentStep> out;
    for (const std::int64_t seed : course.seeds) {
        for (ExperimentStep& step : base_steps(course, seed)) out.push_back(std::move(step));
        out.push_back(measure_step(course, kArm, seed, base_model(course, folder, seed), {}, true));
    }
    return out;
}

// Tables have powers of two, and the window's length: the largest that is no more than `wanted`.
std::int64_t shown_k(std::int64_t wanted, std::int64_t window_length) {
    if (wanted >= window_length) return window_length;
    std::int64_t out = 1;
    while (out * 2 <= wanted) out *= 2;
    return out;
}

// Percent of the mass on k keys if all keys that a query may use weighed the same; mean over layers.
double uniform_mass(const ExperimentCourse& course, std::int64_t k) {
    const std::int64_t length = course.window_length(), layers = course.config.n_layers;
    double sum = 0;
    for (std::int64_t layer = 0; layer < layers; ++layer) {
        const std::int64_t window = course.config.window_of(layer);
        for (std::int64_t query = 0; query < length; ++query) {
            std::int64_t keys = course.config.causal ? query + 1 : length;
            if (window > 0) keys = std::min(keys, window);
            sum += std::min(1.0, static_cast<double>(k) / static_cast<double>(keys));
        }
    }
    return kPercent * sum / static_cast<double>(std::max<std::int64_t>(1, layers * length));
}

// What is there of all seeds, in percent.
struct Masses {
    std::int64_t k = 0;
    double uniform = 0;
    std::vector<Quantity> layers;
    Quantity mean, least, most;
    std::size_t least_layer = 0, most_layer = 0;  // by their means
};

double mean_of(const std::vector<double>& values) {
    double sum = 0;
    for (const double value : values) sum += value;
    return sum / static_cast<double>(values.size());
}

Masses masses_of(const ExperimentPlan& plan, const Outcomes& outcomes) {
    Masses out;
    out.k = shown_k(plan.course.k, plan.course.window_length());
    out.uniform = uniform_mass(plan.course, out.k);
    std::vector<std::vector<double>> layers;
    std::vector<double> mean, least, most;
    for (const std::int64_t seed : plan.course.seeds) {
        const StepOutcome* measured = done_outcome(outcomes, measured_name(kArm, seed));
        if (measured == nullptr) continue;
        const auto found = measured->by_layer.find("mass_at_" + std::to_string(out.k));
        if (found == measured->by_layer.end() || found->second.empty()) continue;
        const std::vector<double>& mass = found->second;
        layers.resize(std::max(layers.size(), mass.size()));
        for (std::size_t layer = 0; layer < mass.size(); ++layer) layers[layer].push_back(kPercent * mass[layer]);
        mean.push_back(kPercent * mean_of(mass));
        least.push_back(kPercent * *std::min_element(mass.begin(), mass.end()));
        most.push_back(kPercent * *std::max_element(mass.begin(), mass.end()));
    }
    if (mean.empty()) return out;
    const auto share = [](const std::vector<double>& values) { return within(over_seeds(values), 0, kPercent); };
    for (const std::vector<double>& values : layers) out.layers.push_back(share(values));
    out.mean = share(mean), out.least = share(least), out.most = share(most);
    const auto less = [](const Quantity& a, const Quantity& b) { return a.mean < b.mean; };
    const auto [low, high] = std::minmax_element(out.layers.begin(), out.layers.end(), less);
    out.least_layer = static_cast<std::size_t>(low - out.layers.begin());
    out.most_layer = static_cast<std::size_t>(high - out.layers.begin());
    return out;
}

std::string keys_words(const ExperimentPlan& plan, const Masses& masses) {
    return std::to_string(masses.k) + " of " + std::to_string(plan.course.window_length()) + " keys";
}

std::vector<ExperimentRow> rows_of(const ExperimentPlan& plan, const Masses& masses) {
    if (masses.layers.empty()) return {};
    const PaperFacts& paper = paper_facts();
    const std::string keys = keys_words(plan, masses), steps = steps_words(plan);
    const std::string compare =
        masses.k * 8 == plan.course.window_length()
            ? "Shares compare: both are of an eighth of the window; model and text differ."
            : "With care: the paper's is of an eighth of the window, ours of another share; model and text differ.";
    Quantity uniform;
    uniform.mean = masses.uniform;
    const auto at_layer = [](const char* what, std::size_t layer) {
        return std::string(what) + " (layer " + std::to_string(layer) + ")";
    };
    return {experiment_row(plan, {"Attention mass on the strongest " + keys + ", mean of layers", "%", steps, compare},
                           masses.mean, paper.mass_mean),
            experiment_row(plan, {at_layer("Least concentrated layer", masses.least_layer), "%", steps, compare},
                           masses.least, paper.mass_least),
            experiment_row(plan, {at_layer("Most concentrated layer", masses.most_layer), "%", steps, compare},
                           masses.most, paper.mass_most),
            experiment_row(plan,
                           {"The same mass if attention were spread evenly", "%", "computed, no model",
                            "What no concentration at all would give; the paper's 64 of 512 keys have 38.5 %."},
                           uniform, paper.nothing)};
}

ExperimentChart by_layer(const ExperimentPlan& plan, const Masses& masses) {
    ExperimentChart out;
    out.id = "figure-1";
    out.title = "Attention mass on the strongest " + keys_words(plan, masses);
    out.x_label = "Layer", out.y_label = "Share of attention mass (%)";
    out.bars = true;
    for (std::int64_t layer = 0; layer < plan.course.config.n_layers; ++layer)
        out.categories.push_back(std::to_string(layer));
    ExperimentSeries bars{.label = "Ours, by layer", .role = "dense", .x = {}, .y = {}, .low = {}, .high = {}};
    for (std::size_t layer = 0; layer < masses.layers.size(); ++layer) {
        const Quantity& mass = masses.layers[layer];
        bars.x.push_back(static_cast<double>(layer));
        bars.y.push_back(mass.mean);
        if (!has_interval(mass)) continue;
        bars.low.push_back(mass.low);
        bars.high.push_back(mass.high);
    }
    if (!bars.x.empty()) {
        out.series.push_back(std::move(bars));
        out.levels.push_back({"Ours, mean of layers", "dense", masses.mean.mean});
    }
    out.levels.push_back({"Evenly spread attention", "none", masses.uniform});
    out.levels.push_back({"Paper, mean of layers", "paper", paper_facts().mass_mean.value});
    return out;
}

// Runs report this of every layer; their own mass_at_k is of another k.
ExperimentChart while_training(const ExperimentPlan& plan, const Outcomes& outcomes) {
    ExperimentChart out;
    out.id = "training";
    out.title = "Entropy of the attention while the model trains: the lower, the more concentrated";
    out.x_label = "Step", out.y_label = "Entropy (nats)";
    for (std::int64_t layer = 0; layer < plan.course.config.n_layers; ++layer) {
        const std::string number = std::to_string(layer);
        add_curves(out, plan, outcomes, kArm, "Layer " + number, "layer-" + number, "layer_" + number + ".entropy");
    }
    return out;
}

void judge(const ExperimentPlan& plan, const Masses& masses, ExperimentSummary& out) {
    const double halfway = (masses.uniform + kPercent) / 2;
    const bool alone = !has_interval(masses.mean);
    const bool high = alone ? masses.mean.mean > halfway : above(masses.mean, halfway);
    const bool low = alone ? masses.mean.mean < halfway : below(masses.mean, halfway);
    out.verdict = high ? Verdict::kSupports : low ? Verdict::kContradicts : Verdict::kUndecided;
    const std::string numbers = quantity_words(masses.mean, 1, "%") + " of the attention falls on the strongest " +
                                keys_words(plan, masses) + ", where evenly spread attention would have " +
                                number_words(masses.uniform, 1) + " %; layers reach from " +
                                number_words(masses.least.mean, 1) + " % to " + number_words(masses.most.mean, 1) +
                                " %. The paper has 90.6 % (66 % to about 100 %).";
    if (high)
        out.sentence = "Supports the paper: attention is concentrated. " + numbers;
    else if (low)
        out.sentence = "Contradicts the paper: attention is only weakly concentrated here. " + numbers;
    else
        out.sentence = "Undecided: the interval reaches to both sides of halfway. " + numbers;
}

ExperimentSummary summarise(const ExperimentPlan& plan, const Outcomes& outcomes) {
    const Masses masses = masses_of(plan, outcomes);
    ExperimentSummary out;
    out.rows = rows_of(plan, masses);
    out.charts.push_back(by_layer(plan, masses));
    if (ExperimentChart training = while_training(plan, outcomes); !training.series.empty())
        out.charts.push_back(std::move(training));
    out.rule =
        "Supports if the 95 % interval of the mean over layers lies above the point halfway between evenly "
        "spread attention and 100 %, contradicts if below; with one seed there is no interval and the value "
        "alone decides.";
    out.notes = {our_choices().held_out,
                 "The paper's verdict is a description; the halfway point that decides here is ours.",
                 "A layer's share is the mean over its heads and over all queries; each of the first k queries has its "
                 "whole mass on k keys by construction."};
    if (masses.k != plan.course.k)
        out.notes.push_back("Shares are kept for powers of two: " + std::to_string(masses.k) +
                            " keys stand for k = " + std::to_string(plan.course.k) + ".");
    out.sentence = open_words(plan, outcomes);
    if (all_there(plan, outcomes) && !masses.layers.empty()) judge(plan, masses, out);
    return out;
}

}  // namespace

ExperimentInfo concentration_experiment() {
    return {.id = "concentration",
            .label = "Concentration",
            .source = "Routing absorption, Figure 1",
            .question = "How much of its attention does a dense model spend on its few strongest keys?",
            .method =
                "A dense model is trained, or taken as it is. On held-out text the k largest attention weights "
                "of every query are added up, and averaged over queries and heads, layer by layer.",
            .claim =
                "64 of 512 keys take 90.6 % of the attention on average, 66 % in the least concentrated layer "
                "and about 100 % in layers 2 and 3.",
            .takes_model = true,
            .params = {"k", "steps", "held_out_windows"},
            .steps = steps_of,
            .summarise = summarise};
}

}  // namespace gatescope
