#include "tests/support/synthetic_experiment.h"

#include <cmath>

namespace gatescope {
namespace {

const double kNone = std::nan("");

Recipe recipe(const std::string& name, std::int64_t seed) {
    Recipe out = default_recipe();
    out.name = name;
    out.notes = "Made up.";
    out.seeds = {seed};
    set_field(out, "train.steps", "400");
    return out;
}

Recipe on_checkpoint(const std::string& checkpoint) {
    Recipe out = recipe("on a checkpoint", 0);
    set_field(out, "model.from", "checkpoint");
    set_field(out, "model.checkpoint", checkpoint);
    return out;
}

DistillRequest request() {
    DistillRequest out;
    out.loss = "bce";
    out.k = 8;
    out.steps = 300;
    out.rope = true;
    out.learning_rate = 0.1;
    out.layers = IndexSet({0, 2});
    out.seed = 3;
    out.window_length = 64;
    return out;
}

std::vector<ExperimentStep> steps() {
    Recipe arm = recipe("tiny", 0);
    arm.arms = {{"soft-learned", {{"gate.gate", std::string("soft-learned")}}}};
    const std::string dense = "dense-seed-0/checkpoint-400";
    return {
        {"dense-seed-0", "dense", 0, "Train dense, seed 0", TrainWork{recipe("tiny", 0)}},
        {"soft-learned-seed-0", "soft-learned", 0, "Train soft-learned, seed 0", TrainWork{arm}},
        {"kl-seed-0-gate", "kl", 0, "Distil kl, seed 0", DistillWork{on_checkpoint(dense), request()}},
        {"dense-seed-0-measured", "dense", 0, "Measure dense, seed 0",
         MeasureWork{on_checkpoint(dense), {"oracle:k=8", "learned:k=8,file=kl-seed-0-gate/gate.safetensors"}, true}},
        {"hard-seed-0", "hard", 0, "Gradient of hard, seed 0", GradientWork{on_checkpoint(dense), request()}}};
}

std::shared_ptr<const ExperimentPlan> plan() {
    auto out = std::make_shared<ExperimentPlan>();
    out->setting = {"soft-gating", "quick", "gpt2", {0, 5}, {}, {"data.text=mine.txt"}};
    out->setting.values = {
        {"k", std::int64_t{8}}, {"learning_rate", 0.5}, {"fast", true}, {"levels", std::string("0,2")}};
    ExperimentCourse& course = out->course;
    course.base = recipe("tiny", 0);
    course.own_model = false;
    course.config.family = "gpt2";
    course.config.n_layers = 4;
    course.config.n_heads = 4;
    course.seeds = {0, std::int64_t{1} << 40};
    course.levels = {0, 2, 4};
    course.k = 8;
    course.steps = 400;
    course.tune_steps = 100;
    course.gate_steps = 300;
    course.held_out_windows = 3;
    out->folder = "soft-gating";
    out->steps = steps();
    return out;
}

std::shared_ptr<const TrainCurve> curve(const std::string& name, double first) {
    auto out = std::make_shared<TrainCurve>();
    out->name = name;
    out->recipe = print_recipe(recipe("tiny", 0));
    out->status = "done";
    out->step = {0, 200, 400};
    out->series = {{"loss", {first, first / 2, first / 3}}, {"perplexity", {kNone, 40.5, 30.25}}};
    return out;
}

GateOutcome gate(const std::string& syntax, double nll) {
    GateOutcome out;
    out.gate = syntax;
    out.sparsity = 0.875;
    out.estimate = {nll, std::exp(nll), 0.01, std::exp(nll - 0.02), std::exp(nll + 0.02), 189, 3};
    out.window_nll = {nll - 0.01, nll, nll + 0.01};
    out.window_tokens = {63, 63, 63};
    return out;
}

StepOutcome outcome(const std::string& step, double seconds) {
    StepOutcome out;
    out.step = step;
    out.done = true;
    out.seconds = seconds;
    out.device = "cpu";
    return out;
}

Outcomes outcomes() {
    Outcomes out;
    for (const ExperimentStep& step : steps()) out[step.name] = outcome(step.name, 1.5);
    out["dense-seed-0"].adopted = "concentration/dense-seed-0";
    out["dense-seed-0"].curves = {curve("tiny", 9.5)};
    out["soft-learned-seed-0"].done = false;
    out["soft-learned-seed-0"].curves = {curve("tiny", 8.5)};
    StepOutcome& distilled = out["kl-seed-0-gate"];
    distilled.curves = {curve("learned kl k=8", 2.5), curve("learned kl k=8, frozen", 2.25)};
    distilled.dense_perplexity = 30.5;
    distilled.oracle_perplexity = 31.25;
    StepOutcome& measured = out["dense-seed-0-measured"];
    measured.gates = {gate("dense", 3.4), gate("oracle:k=8", 3.5),
                      gate("learned:k=8,file=kl-seed-0-gate/gate.safetensors", 3.6)};
    measured.gates[0].sparsity = 0;
    measured.gates[1].f1 = measured.gates[1].captured_mass = 1;
    measured.gates[2].window_nll.pop_back();  // under way
    measured.gates[2].window_tokens.pop_back();
    measured.by_layer = {{"mass_at_8", {0.5, 0.75, 1, 0.875}}, {"mass_at_16", {0.75, kNone, 1, 1}}};
    out["hard-seed-0"].gradients = {{"learned", {0, 2}, {0, 0}, 0, 2048},
                                    {"soft-learned", {0, 2}, {0.25, 1e-7}, 2048, 2048}};
    return out;
}

ExperimentRow row(const std::string& what, Quantity ours) {
    return {
        what,
        "perplexity",
        std::move(ours),
        "4 layers, 400 steps",
        "48.73 ± 0.60 (3 seeds)",
        "31M ...",
        "differences between arms",
    };
}

std::vector<ExperimentRow> rows() {
    Quantity seeds{31, 0.5, 30, 32, 2, "seeds", {30.5, kNone}}, window{29, kNone, 28, 30, 3, "windows", {29}};
    std::vector<ExperimentRow> out = {row("perplexity, learned soft gate", seeds), row("perplexity, dense", window)};
    out[1].paper = out[1].paper_setting = out[1].comparable = "";
    out.push_back(row("not there yet", {}));
    return out;
}

ExperimentChart bars() {
    ExperimentChart out;
    out.id = "arms";
    out.title = "Held-out perplexity by arm";
    out.x_label = "arm";
    out.y_label = "perplexity";
    out.bars = true;
    out.categories = {"dense", "soft-learned", "soft-random"};
    out.series = {{"dense", "dense", {0}, {29}, {}, {}},
                  {"learned soft gate", "learned", {1}, {31}, {30.5}, {31.5}},
                  {"random soft gate", "random", {2}, {32}, {31}, {33}}};
    out.levels = {{"paper, dense", "paper", 37.32}};
    return out;
}

ExperimentChart grouped_bars() {
    ExperimentChart out;
    out.id = "figure-1";
    out.title = "Mass in the 8 largest weights";
    out.x_label = "layer";
    out.y_label = "mass (%)";
    out.bars = true;
    out.series = {{"trained", "learned", {0, 1, 2}, {90, 95, 99}, {88, 94, 98}, {92, 96, 100}},
                  {"random weights", "random", {0, 1, 2}, {40, 42, 41}, {39, 41, 40}, {41, 43, 42}}};
    out.levels = {{"mean", "learned", 94.7}, {"uniform", "none", 38.5}};
    return out;
}

ExperimentChart gap() {
    ExperimentChart out;
    out.id = "figure-3";
    out.title = "Perplexity by unfrozen layers";
    out.x_label = "layers unfrozen";
    out.y_label = "perplexity";
    out.log_y = out.shade_gap = true;
    out.series = {{"random gate", "random", {0, 2, 4}, {400, 80, 35}, {380, 75, 34}, {420, 85, 36}},
                  {"learned gate", "learned", {0, 2, 4}, {33, 32, 31}, {32, 31, 30}, {34, 33, 32}}};
    out.levels = {{"dense", "dense", 29}};
    return out;
}

ExperimentChart lines() {
    ExperimentChart out;
    out.id = "by-step";
    out.title = "Gradient of the gate by step";
    out.x_label = "step";
    out.y_label = "norm";
    out.log_x = true;
    out.series = {{"hard top-k", "none", {1, 10, 100}, {0, 0, 0}, {}, {}},
                  {"soft", "learned", {1, 10, 50}, {0.5, kNone, 0.25}, {}, {}},
                  {"still to come", "random", {}, {}, {}, {}}};
    return out;
}

}  // namespace

ExperimentResult synthetic_experiment() {
    ExperimentResult out;
    out.plan = plan();
    out.outcomes = outcomes();
    out.summary.rows = rows();
    out.summary.charts = {bars(), grouped_bars(), gap(), lines()};
    out.summary.verdict = Verdict::kUndecided;
    out.summary.sentence = "Undecided: learned and random differ by 1.0 (-0.5 to 2.5).";
    out.summary.rule = "by the 95 % interval of the paired difference";
    out.summary.notes = {"The paper does not give the soft gate's formula.", "Two seeds, not three."};
    out.status = "done";
    out.command = "gatescope experiment soft-gating --quick --seeds 0,1";
    out.created = "2026-01-02T03:04:05Z";
    out.device = "cpu";
    out.seconds = 7.5;
    return out;
}

}  // namespace gatescope
