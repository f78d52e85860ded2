// The decoder with a way back, on every family's small checkpoint: the loss that analyses measure, and its slopes.
#include "model/transformer/trained_decoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "model/core/error.h"
#include "model/transformer/parameters.h"
#include "tests/model/transformer/trained_batches.h"
#include "tests/support/expect_refusal.h"

namespace gatescope {
namespace {

using namespace testing_support;

bool trains(const ModelConfig& config) {
    return config.causal && config.lm_head != LmHead::kNone;
}

std::vector<std::string> checkpoints_that_train() {
    std::vector<std::string> out;
    for (const std::string& name : family_checkpoints())
        if (trains(read_config(*open_family_checkpoint(name)))) out.push_back(name);
    return out;
}

double mean_nll_of(Transformer& model, const TrainWindows& windows, GateRun* gate = nullptr) {
    JobContext job;
    double sum = 0;
    std::int64_t scored = 0;
    for (std::int64_t window = 0; window < windows.windows; ++window) {
        ForwardRequest request{.ids = windows.window(window), .window = window};
        request.gate = gate;
        for (const float nll : model.token_nll(model.forward(request, job), windows.window(window), job))
            if (!std::isnan(nll)) {
                sum += static_cast<double>(nll);
                ++scored;
            }
    }
    return sum / static_cast<double>(scored);
}

class EveryFamilyTrains : public testing::TestWithParam<std::string> {};

TEST_P(EveryFamilyTrains, ByTheLossThatAnalysesMeasure) {
    const TrainedModel model = family_parameters(GetParam());
    const TrainWindows windows(3, 24, model.config.d_vocab);
    const auto measured = make_transformer(model.config, model.parameters, at::kCPU, DataType::kFloat32);
    EXPECT_NEAR(loss_of(model, windows.batch()), mean_nll_of(*measured, windows), 2e-5);
}

TEST_P(EveryFamilyTrains, ParametersAreTheCheckpointsWeights) {
    JobContext job;
    const TrainedModel model = family_parameters(GetParam());
    const TrainWindows windows(1, 24, model.config.d_vocab);
    const auto loaded = load_transformer(open_family_checkpoint(GetParam()), {"cpu", DataType::kFloat32}, job);
    const auto made = make_transformer(model.config, model.parameters, at::kCPU, DataType::kFloat32);
    const auto logits = [&](Transformer& transformer) {
        return transformer.logits(transformer.forward({.ids = windows.ids}, job));
    };
    EXPECT_TRUE(logits(*made).equal(logits(*loaded)));
    EXPECT_EQ(made->parameter_count(), loaded->parameter_count());
}

TEST_P(EveryFamilyTrains, AlongTheSlopesThatDifferencesShow) {
    TrainedModel model = family_parameters(GetParam());
    const TrainWindows windows(2, 20, model.config.d_vocab);
    backward(model, windows.batch());
    std::set<Weight> checked;
    for (const Parameter& parameter : model.parameters) {
        if (!checked.insert(parameter.canonical.weight).second) continue;
        const at::Tensor& gradient = parameter.value.grad();
        ASSERT_TRUE(gradient.defined()) << static_cast<int>(parameter.canonical.weight);
        // A key's bias moves all scores of a query alike where nothing rotates or norms it: no slope but rounding.
        if (gradient.norm().item<double>() < 1e-6) continue;
        EXPECT_LT(slope_error(parameter.value, gradient, [&] { return loss_of(model, windows.batch()); }), 2e-2)
            << "weight " << static_cast<int>(parameter.canonical.weight) << " of gradient "
            << gradient.norm().item<double>();
    }
    EXPECT_GT(checked.size(), 8U);
}

TEST_P(EveryFamilyTrains, InBfloat16NearFloat32) {
    TrainedModel model = family_parameters(GetParam());
    const TrainWindows windows(2, 20, model.config.d_vocab);
    const double exact = backward(model, windows.batch());
    std::vector<at::Tensor> gradients;
    for (const Parameter& parameter : model.parameters) gradients.push_back(parameter.value.grad().clone());
    const double rounded = backward(model, windows.batch(), DataType::kBFloat16);
    EXPECT_NEAR(rounded, exact, 0.02 * exact);
    EXPECT_NE(rounded, exact);
    double error = 0, size = 0;
    for (std::size_t n = 0; n < gradients.size(); ++n) {
        const at::Tensor& gradient = model.parameters[n].value.grad();
        EXPECT_EQ(gradient.scalar_type(), at::kFloat);
        error += (gradient - gradients[n]).square().sum().item<double>();
        size += gradients[n].square().sum().item<double>();
    }
    EXPECT_LT(std::sqrt(error / size), 0.1);
}

INSTANTIATE_TEST_SUITE_P(Families, EveryFamilyTrains, testing::ValuesIn(checkpoints_that_train()),
                         [](const auto& name) { return name.param; });

TEST(TrainedDecoder, AFrozenParameterGetsNoGradientAndTheOthersKeepTheirs) {
    TrainedModel model = family_parameters("qwen3");
    const TrainWindows windows(2, 20, model.config.d_vocab);
    backward(model, windows.batch());
    std::vector<at::Tensor> gradients;
    for (Parameter& parameter : model.parameters) {
        gradients.push_back(parameter.value.grad().clone());
        parameter.value.mutable_grad() = at::Tensor();
        parameter.value.requires_grad_(parameter.canonical.weight == Weight::kKey);
    }
    backward(model, windows.batch());
    for (std::size_t n = 0; n < gradients.size(); ++n) {
        const Parameter& parameter = model.parameters[n];
        if (parameter.canonical.weight == Weight::kKey)
            EXPECT_LT(largest_difference(parameter.value.grad(), gradients[n]), 1e-6F);
        else
            EXPECT_FALSE(parameter.value.grad().defined());
    }
}

TEST(TrainedDecoder, SeesWhatAnOptimiserWrites) {
    TrainedModel model = family_parameters("mistral");
    const TrainWindows windows(2, 20, model.config.d_vocab);
    JobContext job;
    TrainedDecoder decoder(model.config, model.parameters, at::kCPU, DataType::kFloat32);
    const double before = decoder.loss(windows.batch(), job).item<double>();
    for (Parameter& parameter : model.parameters) parameter.value.detach().mul_(0.5);
    EXPECT_NE(decoder.loss(windows.batch(), job).item<double>(), before);
    EXPECT_EQ(decoder.loss(windows.batch(), job).item<double>(), loss_of(model, windows.batch()));
}

TEST(TrainedDecoder, ACancelledCallLeavesNothingBehind) {
    TrainedModel model = family_parameters("mistral");
    const TrainWindows windows(2, 20, model.config.d_vocab);
    const double whole = loss_of(model, windows.batch());
    TrainedDecoder decoder(model.config, model.parameters, at::kCPU, DataType::kFloat32);
    JobContext cancelled, job;
    int ticks = 0;
    cancelled.set_tick_service([&] {
        if (++ticks == 2) cancelled.cancel();
    });
    EXPECT_THROW((void)decoder.loss(windows.batch(), cancelled), Cancelled);
    for (const Parameter& parameter : model.parameters) EXPECT_FALSE(parameter.value.grad().defined());
    EXPECT_EQ(decoder.loss(windows.batch(), job).item<double>(), whole);
}

TEST(TrainedDecoder, CanBeCancelledOnTheWayBack) {
    TrainedModel model = family_parameters("mistral");
    const TrainWindows windows(2, 20, model.config.d_vocab);
    for (const Parameter& parameter : model.parameters) parameter.value.requires_grad_();
    TrainedDecoder decoder(model.config, model.parameters, at::kCPU, DataType::kFloat32);
    JobContext job;
    int ticks = 0;
    job.set_tick_service([&] { ++ticks; });
    TrainBatch batch = windows.batch();
    batch.way_back = &job;
    decoder.loss(batch, job).backward();
    EXPECT_GE(ticks, 2 * model.config.n_layers);
    const at::Tensor loss = decoder.loss(batch, job);
    job.cancel();
    EXPECT_THROW(loss.backward(), Cancelled);
}

TEST(TrainedDecoder, RefusesEncodersAndModelsWithoutAHead) {
    for (const char* name : {"bert", "bert_headless"}) {
        const TrainedModel model = family_parameters(name);
        expect_refusal(FailureKind::kUnsupported, "an encoder",
                       [&] { TrainedDecoder(model.config, model.parameters, at::kCPU, DataType::kFloat32); });
    }
    TrainedModel model = family_parameters("mistral");
    model.config.lm_head = LmHead::kNone;
    expect_refusal(FailureKind::kUnsupported, "no language-model head",
                   [&] { TrainedDecoder(model.config, model.parameters, at::kCPU, DataType::kFloat32); });
}

TEST(TrainedDecoder, RefusesWindowsBeyondTheLearnedPositionsAndBatchesThatDoNotFit) {
    const TrainedModel model = family_parameters("gpt2");
    const TrainWindows longer(1, model.config.n_ctx + 1, model.config.d_vocab);
    expect_refusal(FailureKind::kUsage, "learned", [&] { loss_of(model, longer.batch()); });
    TrainWindows windows(2, 20, model.config.d_vocab);
    windows.ids.pop_back();
    expect_refusal(FailureKind::kUsage, "a batch of 2 windows", [&] { loss_of(model, windows.batch()); });
    windows.ids.push_back(static_cast<std::int32_t>(model.config.d_vocab));
    expect_refusal(FailureKind::kUsage, "out of range", [&] { loss_of(model, windows.batch()); });
}

TEST(RandomParameters, FollowFromTheSeedAlone) {
    const ModelConfig config = family_parameters("gpt2").config;
    const Parameters one = random_parameters(config, 5, 0.02, at::kCPU),
                     same = random_parameters(config, 5, 0.02, at::kCPU),
                     other = random_parameters(config, 6, 0.02, at::kCPU);
    std::set<double> sums;
    for (std::size_t n = 0; n < one.size(); ++n) {
        const bool drawn = one[n].value.dim() > 1;
        EXPECT_TRUE(one[n].value.equal(same[n].value));
        EXPECT_EQ(one[n].value.equal(other[n].value), !drawn);
        EXPECT_TRUE(one[n].value.requires_grad());
        if (!drawn) continue;
        EXPECT_TRUE(sums.insert(one[n].value.sum().item<double>()).second) << "drawn twice";
    }
}

TEST(RandomParameters, AreAsWideAsAskedAndNarrowerWhereTheyJoinTheStream) {
    ModelConfig config = family_parameters("gpt2").config;
    config.d_vocab = 500;
    const auto deviation = [](const Parameter& parameter) { return parameter.value.std().item<double>(); };
    for (const Parameter& parameter : random_parameters(config, 1, 0.02, at::kCPU)) {
        const Weight weight = parameter.canonical.weight;
        const double joins = std::sqrt(2.0 * static_cast<double>(config.n_layers));
        if (parameter.value.dim() == 1) {
            const double first = parameter.value[0].item<double>();
            EXPECT_TRUE(first == 0 || first == 1);
            EXPECT_EQ(deviation(parameter), 0);
        } else if (weight == Weight::kAttentionOut || weight == Weight::kMlpDown) {
            EXPECT_NEAR(deviation(parameter), 0.02 / joins, 0.002 / joins);
        } else {
            EXPECT_NEAR(deviation(parameter), 0.02, 0.002);
        }
    }
}

}  // namespace
}  // namespace gatescope
