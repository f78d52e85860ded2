#include "tests/support/fake_training.h"

#include <algorithm>
#include <cmath>

#include "tests/support/fake_snapshot.h"

namespace gatescope::fake {

namespace {

constexpr std::int64_t kLayers = 4, kCheckpointEvery = 250;

// A value between 0 and 1 that looks drawn, the same for the same place.
double noise(std::int64_t place) {
    const double wave = std::sin(static_cast<double>(place) * 12.9898) * 43758.5453;
    return wave - std::floor(wave);
}

// What an arm is like: where it ends and how its gate's signal goes.
struct Character {
    std::string gate;
    double end, gate_gradient, f1;
};
Character character_of(const std::string& arm) {
    if (arm == "soft-learned") return {"soft-learned", 61.4, 3e-2, 0.71};
    if (arm == "soft-random") return {"soft-random", 66.9, 0, 0.24};
    return {"dense", 58.3, 0, std::nan("")};
}

double by_layer(double value, std::int64_t layer) {
    return value * (0.7 + 0.2 * static_cast<double>(layer));
}

std::shared_ptr<const TrainCurve> curve_of(const RunShape& shape, const Character& character) {
    auto out = std::make_shared<TrainCurve>();
    out->id = static_cast<std::uint64_t>(shape.step) + 1;
    out->name = shape.arm, out->status = shape.status;
    const bool gated = shape.arm != "dense";
    auto& series = out->series;
    for (std::int64_t at = 0; at <= shape.step; at += shape.report_every) {
        const double part = 3.2 * static_cast<double>(at) / static_cast<double>(shape.steps);
        const double left = std::exp(-3 * part);
        const std::int64_t place = at + 7919 * shape.seed;
        const double wobble = 1 + 0.03 * (noise(place) - 0.5);
        const double perplexity = character.end * (1 + 0.015 * static_cast<double>(shape.seed)) *
                                  std::pow(4096 / character.end, left) * wobble;
        out->step.push_back(at);
        series["perplexity"].push_back(perplexity);
        series["perplexity_dense"].push_back(gated ? perplexity * (1.02 + 0.2 * part) : perplexity);
        series["loss"].push_back(std::log(perplexity) - 0.15 * (1 - left));
        series["gradient_norm"].push_back(0.9 * wobble);
        for (const char* part_of : {"query", "key", "value"})
            series[std::string(part_of) + "_gradient_norm"].push_back((0.02 + 0.2 * left) * wobble);
        series["gate_gradient_norm"].push_back(gated ? character.gate_gradient * std::exp(-1.4 * part) * wobble
                                                     : std::nan(""));
        series["f1"].push_back(character.f1 * (1 - left) + 0.2 * left);
        const double mass = 0.62 + 0.3 * (1 - left);
        series["mass_at_k"].push_back(mass);
        series["learning_rate"].push_back(1e-3 * std::min(1.0, part) * (1 - part / 4));
        for (std::int64_t layer = 0; layer < kLayers; ++layer) {
            const std::string name = "layer_" + std::to_string(layer) + ".";
            series[name + "mass_at_k"].push_back(std::min(0.99, mass * (0.8 + 0.08 * static_cast<double>(layer))));
            series[name + "entropy"].push_back(by_layer(4.2 * left + 1.1, 3 - layer));
            series[name + "gate_gradient_norm"].push_back(by_layer(series["gate_gradient_norm"].back(), layer));
        }
    }
    return out;
}

TrainPlan plan_of(const RunShape& shape, const Character& character) {
    TrainPlan out;
    out.recipe.name = "tiny-soft-gates";
    out.name = "tiny-soft-gates " + shape.arm + " seed " + std::to_string(shape.seed);
    out.arm = shape.arm, out.seed = shape.seed;
    out.folder = shape.arm + "-seed-" + std::to_string(shape.seed);
    out.shape = {"gpt2", kLayers, 4, 4, 128, 512, 256, true, 0.02};
    out.texts = {"sample-train"}, out.tokenizer = "own", out.vocabulary = 4096;
    out.gate = character.gate;
    out.steps = shape.steps, out.report_every = shape.report_every, out.checkpoint_every = kCheckpointEvery;
    return out;
}

}  // namespace

std::shared_ptr<const RunView> training(const RunShape& shape) {
    const Character character = character_of(shape.arm);
    auto out = std::make_shared<RunView>();
    out->plan = plan_of(shape, character);
    out->folder = "/runs/soft/" + out->plan.folder;
    out->id = static_cast<std::uint64_t>(shape.step * 64 + shape.seed) + shape.arm.size() * 1'000'000;
    out->status = shape.status, out->step = shape.step;
    if (shape.step > 0 || shape.status == "running") out->curve = curve_of(shape, character);
    out->unigram_perplexity = 812.4;
    out->held_out_tokens = 31'744, out->train_tokens = 612'352;
    const double tokens = 2048.0 * static_cast<double>(shape.step);
    out->tokens = tokens, out->flops = tokens * 6 * 1.4e6;
    out->tokens_per_second = shape.step > 0 ? 23'400 : 0;
    out->seconds = tokens / 23'400;
    if (shape.status == "running" && shape.step > 0)
        out->seconds_left = 2048.0 * static_cast<double>(shape.steps - shape.step) / 23'400;
    for (std::int64_t step = 0; step <= shape.step && shape.status != "waiting"; step += kCheckpointEvery)
        out->checkpoints.push_back({step, out->folder + "/checkpoints/step-" + std::to_string(step)});
    return out;
}

std::vector<std::shared_ptr<const RunView>> training_runs() {
    return {
        training({"dense", 0, 2000, 2000, 50, "done"}),          training({"dense", 1, 2000, 2000, 50, "done"}),
        training({"soft-learned", 0, 2000, 2000, 50, "done"}),   training({"soft-learned", 1, 2000, 2000, 50, "done"}),
        training({"soft-random", 0, 1310, 2000, 50, "running"}), training({"soft-random", 1, 0, 2000, 50, "waiting"})};
}

Snapshot training_session() {
    Snapshot out = snapshot({.layers = kLayers, .heads = 4, .tokens = 256, .windows = 4});
    out.jobs.clear();
    out.runs = training_runs();
    out.shown_run = out.runs[2]->folder, out.shown_step = 500;
    return out;
}

Snapshot long_training() {
    Snapshot out = training_session();
    out.runs.clear();
    for (const char* arm : {"dense", "soft-learned", "soft-random"})
        for (std::int64_t seed = 0; seed < 4; ++seed)
            out.runs.push_back(training({arm, seed, 99'900, 100'000, 100, "running"}));
    return out;
}

}  // namespace gatescope::fake
