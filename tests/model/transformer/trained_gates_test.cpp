// Gates in the forward pass of training: the loss is the one that analyses measure under the gate, what is soft is
// differentiable, what is a set is not.
#include <ATen/core/grad_mode.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "model/core/error.h"
#include "model/gates/bilinear.h"
#include "model/gates/gate_syntax.h"
#include "model/gates/random_bilinear.h"
#include "tests/model/transformer/trained_batches.h"

namespace gatescope {
namespace {

using namespace testing_support;

// Every gate of the catalogue that needs nothing from outside, and mixtures that leave heads and layers to others.
const std::vector<std::string>& gates() {
    static const std::vector<std::string> all = {"dense",
                                                 "oracle:k=4",
                                                 "oracle:k=4,sinks=1,local=2",
                                                 "window:sinks=1,local=3",
                                                 "uniform:k=4",
                                                 "stochastic:k=4",
                                                 "strided:k=4",
                                                 "random:k=4,gate_dim=4",
                                                 "random:k=4,gate_dim=4,rope=1",
                                                 "soft-random:gate_dim=4",
                                                 "soft-random:gate_dim=4,rope=1",
                                                 "block:b=4,n=2",
                                                 "block-mean:b=4,n=2",
                                                 "heavy:k=4",
                                                 "linear",
                                                 "routing-only",
                                                 "filtering-only",
                                                 "kernel-rank:r=2",
                                                 "kernel-random:r=2",
                                                 "random-projections",
                                                 "ablate-zero",
                                                 "soft-random:gate_dim=4@all/0+oracle:k=4@all/1",
                                                 "linear@all/1+ablate-zero@0/0",
                                                 "oracle:k=4@1"};
    return all;
}

double nll_under(const TrainedModel& model, const TrainWindows& windows, const std::string& gate) {
    const auto measured = make_transformer(model.config, model.parameters, at::kCPU, DataType::kFloat32);
    GateRun run(parse_gate(gate));
    JobContext job;
    double sum = 0;
    for (std::int64_t window = 0; window < windows.windows; ++window) {
        ForwardRequest request{.ids = windows.window(window), .window = window};
        request.gate = &run;
        const std::vector<float> nll =
            measured->token_nll(measured->forward(request, job), windows.window(window), job);
        for (std::size_t n = 1; n < nll.size(); ++n) sum += static_cast<double>(nll[n]);
    }
    return sum / static_cast<double>(windows.windows * (windows.length - 1));
}

class EveryGateTrains : public testing::TestWithParam<std::string> {};

TEST_P(EveryGateTrains, WithTheLossThatAnalysesMeasureUnderIt) {
    for (const char* name : {"qwen3", "mistral", "gemma2"}) {
        const TrainedModel model = family_parameters(name);
        const TrainWindows windows(2, 20, model.config.d_vocab);
        GateRun run(parse_gate(GetParam()));
        EXPECT_NEAR(loss_of(model, windows.batch(&run)), nll_under(model, windows, GetParam()), 3e-5) << name;
    }
}

TEST_P(EveryGateTrains, AndTheModelWithIt) {
    TrainedModel model = family_parameters("qwen3");
    const TrainWindows windows(2, 20, model.config.d_vocab);
    GateRun run(parse_gate(GetParam()));
    backward(model, windows.batch(&run));
    for (const Parameter& parameter : model.parameters) {
        if (!parameter.value.grad().defined()) continue;  // what the gate leaves no way to
        EXPECT_TRUE(parameter.value.grad().isfinite().all().item<bool>());
    }
    EXPECT_GT(model.parameters.front().value.grad().norm().item<double>(), 0);
}

INSTANTIATE_TEST_SUITE_P(Gates, EveryGateTrains, testing::ValuesIn(gates()), [](const auto& gate) {
    std::string name = gate.param;
    for (char& letter : name)
        if (!std::isalnum(static_cast<unsigned char>(letter))) letter = '_';
    return name;
});

// Gates that are smooth, or whose sets know nothing of the model.
class EverySlope : public testing::TestWithParam<std::string> {};

TEST_P(EverySlope, IsTheOneThatDifferencesShow) {
    TrainedModel model = family_parameters("qwen3");
    const TrainWindows windows(2, 20, model.config.d_vocab);
    GateRun run(parse_gate(GetParam()));
    backward(model, windows.batch(&run));
    for (const Parameter& parameter : model.parameters) {
        if (parameter.canonical.layer > 0) continue;
        const at::Tensor& gradient = parameter.value.grad();
        if (!gradient.defined() || gradient.norm().item<double>() < 1e-5) continue;
        EXPECT_LT(slope_error(parameter.value, gradient, [&] { return loss_of(model, windows.batch(&run)); }), 2e-2)
            << "weight " << static_cast<int>(parameter.canonical.weight);
    }
}

INSTANTIATE_TEST_SUITE_P(Gates, EverySlope,
                         testing::Values("soft-random:gate_dim=4,rope=1", "uniform:k=4", "window:local=3", "linear",
                                         "routing-only", "random-projections@1", "ablate-zero@all/0",
                                         "soft-random:gate_dim=4@all/0+uniform:k=4@all/1"));

// A bilinear gate whose arrays are leaves in memory.
class LearnedGate {
  public:
    LearnedGate(const ModelConfig& config, BilinearGate::Use use, bool rope = false) : use_(use), rope_(rope) {
        for (std::int64_t layer = 0; layer < config.n_layers; ++layer) {
            BilinearArrays drawn = gatescope::random_arrays(3, {layer, config.n_heads, config.d_model, 4});
            arrays_.push_back({drawn.query_HDC.mul(4).requires_grad_(true), drawn.key_HDC.requires_grad_(true)});
        }
    }

    GateRun run() const {
        const std::string gate = use_ == BilinearGate::Use::kBias ? "soft-random:gate_dim=4" : "random:k=4,gate_dim=4";
        const auto source = [this](const LayerInput& layer) {
            return arrays_.at(static_cast<std::size_t>(layer.layer));
        };
        return GateRun(parse_gate(gate), {std::make_shared<BilinearGate>(source, use_, rope_)});
    }
    const std::vector<BilinearArrays>& arrays() const { return arrays_; }

  private:
    BilinearGate::Use use_;
    bool rope_;
    std::vector<BilinearArrays> arrays_;
};

TEST(TrainedGates, TheLearnedSoftGatesGradientIsTheSlopeThatDifferencesShow) {
    for (const char* name : {"qwen3", "gpt2", "gemma2"})
        for (const bool rope : {false, true}) {
            TrainedModel model = family_parameters(name);
            if (rope && model.config.learned_positions) continue;
            const TrainWindows windows(2, 20, model.config.d_vocab);
            const LearnedGate gate(model.config, BilinearGate::Use::kBias, rope);
            GateRun run = gate.run();
            backward(model, windows.batch(&run));
            for (const BilinearArrays& arrays : gate.arrays())
                for (const at::Tensor& array : {arrays.query_HDC, arrays.key_HDC}) {
                    ASSERT_TRUE(array.grad().defined());
                    EXPECT_GT(array.grad().norm().item<double>(), 1e-5);
                    EXPECT_LT(slope_error(array, array.grad(), [&] { return loss_of(model, windows.batch(&run)); }),
                              2e-2)
                        << name << (rope ? " rope" : "");
                }
        }
}

TEST(TrainedGates, AHardGatesArraysGetNoGradientAtAll) {
    TrainedModel model = family_parameters("qwen3");
    const TrainWindows windows(2, 20, model.config.d_vocab);
    const LearnedGate gate(model.config, BilinearGate::Use::kRanking);
    GateRun run = gate.run();
    const double gated = backward(model, windows.batch(&run));
    EXPECT_GT(std::abs(gated - loss_of(model, windows.batch())), 1e-4);
    for (const BilinearArrays& arrays : gate.arrays()) {
        EXPECT_FALSE(arrays.query_HDC.grad().defined());
        EXPECT_FALSE(arrays.key_HDC.grad().defined());
    }
}

TEST(TrainedGates, WhatIsWrittenToTheArraysCountsAtTheNextCall) {
    const TrainedModel model = family_parameters("qwen3");
    const TrainWindows windows(2, 20, model.config.d_vocab);
    for (const auto use : {BilinearGate::Use::kBias, BilinearGate::Use::kRanking}) {
        const LearnedGate gate(model.config, use);
        GateRun run = gate.run();
        const double before = loss_of(model, windows.batch(&run));
        for (const BilinearArrays& arrays : gate.arrays()) arrays.query_HDC.detach().neg_();
        const double after = loss_of(model, windows.batch(&run));
        EXPECT_NE(after, before);
        GateRun fresh = gate.run();
        EXPECT_EQ(after, loss_of(model, windows.batch(&fresh)));
    }
}

TEST(TrainedGates, AKernelsRankFollowsTheWeightsOfTheStep) {
    const TrainedModel model = family_parameters("qwen3");
    const TrainWindows windows(2, 20, model.config.d_vocab);
    GateRun run(parse_gate("kernel-rank:r=2"));
    TrainBatch batch = windows.batch(&run);
    (void)loss_of(model, batch);
    for (const Parameter& parameter : model.parameters)
        if (parameter.canonical.weight == Weight::kQuery)
            parameter.value.detach().add_(random_tensor(parameter.value.sizes(), 3).mul(0.2));
    batch.step = 1;
    EXPECT_NEAR(loss_of(model, batch), nll_under(model, windows, "kernel-rank:r=2"), 3e-5);
}

TEST(TrainedGates, ACancelledCallUnderAGateLeavesNothingBehind) {
    TrainedModel model = family_parameters("qwen3");
    const TrainWindows windows(2, 20, model.config.d_vocab);
    const LearnedGate gate(model.config, BilinearGate::Use::kBias);
    GateRun run = gate.run();
    const double whole = loss_of(model, windows.batch(&run));
    TrainedDecoder decoder(model.config, model.parameters, at::kCPU, DataType::kFloat32);
    for (const int last : {2, 3, 5}) {
        JobContext cancelled, job;
        int ticks = 0;
        cancelled.set_tick_service([&] {
            if (++ticks == last) cancelled.cancel();
        });
        EXPECT_THROW((void)decoder.loss(windows.batch(&run), cancelled), Cancelled) << last;
        EXPECT_EQ(decoder.loss(windows.batch(&run), job).item<double>(), whole) << last;
    }
    EXPECT_FALSE(gate.arrays().front().query_HDC.grad().defined());
}

TEST(TrainedGates, ARepeatedCallHasTheSameGradientsToTheBit) {
    TrainedModel model = family_parameters("qwen3");
    const TrainWindows windows(3, 70, model.config.d_vocab);
    const LearnedGate gate(model.config, BilinearGate::Use::kBias);
    GateRun run = gate.run();
    std::vector<at::Tensor> first;
    backward(model, windows.batch(&run));
    for (const Parameter& parameter : model.parameters) first.push_back(parameter.value.grad());
    const at::Tensor of_gate = gate.arrays().front().key_HDC.grad();
    gate.arrays().front().key_HDC.mutable_grad() = at::Tensor();
    backward(model, windows.batch(&run));
    for (std::size_t n = 0; n < first.size(); ++n) EXPECT_TRUE(first[n].equal(model.parameters[n].value.grad())) << n;
    EXPECT_TRUE(of_gate.equal(gate.arrays().front().key_HDC.grad()));
}

TEST(TrainedGates, SeededGatesKnowTheWindowsNumberAndTheStep) {
    const TrainedModel model = family_parameters("qwen3");
    TrainWindows windows(2, 20, model.config.d_vocab);
    GateRun run(parse_gate("stochastic:k=4"));
    TrainBatch batch = windows.batch(&run);
    const double first = loss_of(model, batch);
    EXPECT_EQ(loss_of(model, batch), first);
    batch.step = 1;
    EXPECT_NE(loss_of(model, batch), first);
    windows.numbers = {5, 6};
    batch.step = 0;
    EXPECT_NE(loss_of(model, batch), first);
}

TEST(TrainedGates, ObserversSeeEveryLayerWindowByWindowWithoutAGraph) {
    struct Watcher : Observer {
        void on_layer(const LayerInput& input) override {
            layers.push_back(input.layer);
            rows.push_back(input.x_TD.size(0));
            graph = graph || input.x_TD.requires_grad() || input.q_HTE.requires_grad() || at::GradMode::is_enabled();
            last_q = input.q_HTE.clone();
        }
        std::vector<std::int64_t> layers, rows;
        at::Tensor last_q;
        bool graph = false;
    } watcher, measured;
    const TrainedModel model = family_parameters("qwen3");
    const TrainWindows windows(2, 20, model.config.d_vocab);
    TrainBatch batch = windows.batch();
    batch.observers = {&watcher};
    (void)loss_of(model, batch);
    EXPECT_EQ(watcher.layers, (std::vector<std::int64_t>{0, 0, 1, 1}));
    EXPECT_EQ(watcher.rows, std::vector<std::int64_t>(4, 20));
    EXPECT_FALSE(watcher.graph);
    JobContext job;
    const auto transformer = make_transformer(model.config, model.parameters, at::kCPU, DataType::kFloat32);
    (void)transformer->forward({.ids = windows.window(1), .observers = {&measured}}, job);
    EXPECT_LT(largest_difference(watcher.last_q, measured.last_q), 1e-5F);
}

}  // namespace
}  // namespace gatescope
