// Heads whose output becomes its mean over the run's tokens: the pre-pass that finds it, and the gate at work.
#include <ATen/TensorOperators.h>
#include <ATen/ops/allclose.h>
#include <gtest/gtest.h>

#include "analysis/means_pass.h"
#include "model/transformer/attention.h"
#include "tests/analysis/measurement_fixture.h"

namespace gatescope {
namespace {

using testing_support::TinyWorld;

// Mean outputs by the definition: attend_plain over whole layers of the dense model.
class PlainMeans final : public Observer {
  public:
    void on_layer(const LayerInput& input) override {
        const at::Tensor z_TD = attend_plain(input).to(at::kDouble);
        sums_[input.layer] = sums_.contains(input.layer) ? sums_[input.layer] + z_TD.sum(0) : z_TD.sum(0);
        if (input.layer == 0) tokens_ += z_TD.size(0);
    }
    at::Tensor mean_HE(std::int64_t layer) const {
        return sums_.at(layer).div(static_cast<double>(tokens_)).view({4, -1}).to(at::kFloat);
    }

  private:
    std::map<std::int64_t, at::Tensor> sums_;
    std::int64_t tokens_ = 0;
};

PlainMeans plain_means(TinyWorld& world) {
    PlainMeans means;
    for (const auto& ids : world.text->windows) {
        ForwardRequest pass;
        pass.ids = ids;
        pass.observers = {&means};
        (void)world.model->forward(pass, world.job);
    }
    return means;
}

TEST(AblateMean, TheMeansAreThoseOverAllTokensOfAllWindows) {
    TinyWorld world;
    MeansPass pass(world.request(), world.model->config(), 4);
    std::int64_t windows = 0;
    do {
        const auto& ids = world.text->windows[static_cast<std::size_t>(windows)];
        if (!pass.step(*world.model, {windows, 24, ids}, world.job)) break;
    } while (++windows < 10);
    EXPECT_EQ(windows, 3);
    const PlainMeans wanted = plain_means(world);
    for (std::int64_t layer = 0; layer < 3; ++layer)
        EXPECT_TRUE(at::allclose(pass.means()->z_HE.at(layer), wanted.mean_HE(layer), 1e-4, 1e-6)) << layer;
}

TEST(AblateMean, ARunTakesThePassesThatItNeedsAndNoMore) {
    TinyWorld world;
    const auto measurement = world.measurement(world.request({"ablate-mean@1/2", "ablate-mean@0", "oracle:k=4"}));
    EXPECT_EQ(measurement->total(), 4 * (1 + 3 + 1)) << "dense, three gates, the means once";
    while (measurement->step(world.job)) {
    }
    EXPECT_EQ(measurement->done(), measurement->total());
    const auto result = measurement->result();
    EXPECT_TRUE(result->complete);
    for (const GateResult& gate : result->gates) EXPECT_EQ(gate.windows_done, 4);
    // A gate that comes later finds the means there.
    measurement->set_gates({parse_gate("ablate-mean")});
    std::int64_t steps = 1;
    while (measurement->step(world.job)) ++steps;
    EXPECT_LE(steps, 5);
    EXPECT_EQ(measurement->result()->gates[0].windows_done, 4);
}

// Replaced by hand: the head's output in the model's own attention.
class FixedOutput final : public Gate {
  public:
    explicit FixedOutput(at::Tensor mean_HE) : mean_HE_(std::move(mean_HE)) {}
    GateEffect apply(const QueryBlock& block) const override {
        return HeadOutput{mean_HE_.unsqueeze(1).expand({-1, block.query_end - block.query_begin, -1})};
    }

  private:
    at::Tensor mean_HE_;
};

TEST(AblateMean, TheHeadsOutputIsItsMeanAndTheLossesFollow) {
    TinyWorld world;
    const auto result = world.finished(world.request({"ablate-mean@1/2", "ablate-zero@1/2"}));
    const PlainMeans means = plain_means(world);
    GateRun by_hand(parse_gate("ablate-zero@1/2"), {std::make_shared<FixedOutput>(means.mean_HE(1))});
    for (std::size_t window = 0; window < 4; ++window) {
        const auto& ids = world.text->windows[window];
        const at::Tensor hidden = world.model->forward(
            {.ids = ids, .window = static_cast<std::int64_t>(window), .nominal_window = 24, .gate = &by_hand},
            world.job);
        const std::vector<float> wanted = world.model->token_nll(hidden, ids, world.job);
        const std::vector<float>& got = result->gates[0].perplexity.token_nll[window];
        for (std::size_t token = 1; token < ids.size(); ++token) EXPECT_NEAR(got[token], wanted[token], 1e-4F);
    }
    EXPECT_NE(result->gates[0].perplexity.estimate.nll, result->gates[1].perplexity.estimate.nll);
    EXPECT_EQ(result->gates[0].sparsity, 0.0);
}

TEST(AblateMean, AMapUnderItIsThereBeforeItsPassesRan) {
    TinyWorld world;
    const auto measurement = world.measurement(world.request({"ablate-mean@1"}));
    const GateSpec gate = parse_gate("ablate-mean@1");
    const auto map = measurement->pattern(1, 2, 0, &gate, nullptr, world.job);
    EXPECT_EQ(map->tokens, 24);
}

}  // namespace
}  // namespace gatescope
