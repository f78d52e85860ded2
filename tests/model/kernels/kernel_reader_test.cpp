// Every family: what is read a layer at a time is what the transformer multiplies with.
#include "model/kernels/kernel_reader.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/ones_like.h>
#include <gtest/gtest.h>

#include "model/core/error.h"
#include "model/kernels/head_factors.h"
#include "model/transformer/transformer.h"
#include "model/transformer/weights.h"
#include "tests/model/transformer/family_checkpoints.h"

namespace gatescope {
namespace {

using namespace testing_support;

class KernelReaderOf : public testing::TestWithParam<std::string> {
  protected:
    std::shared_ptr<const CheckpointReader> checkpoint_ = open_family_checkpoint(GetParam());
    ModelConfig config_ = read_config(*checkpoint_);
    KernelReader reader_{*checkpoint_, config_};
    JobContext job_;
    Weights weights_ = load_weights(checkpoint_, config_, at::kCPU, at::kFloat, job_);

    // The norm whose output the layer works on; without weights where there is none.
    const Norm& norm_before(std::int64_t layer) const {
        const auto n = static_cast<std::size_t>(layer);
        if (config_.norm_place != NormPlace::kAfterResidual) return weights_.layers[n].attention_norm;
        return layer == 0 ? weights_.embedding_norm : weights_.layers[n - 1].mlp_post_norm;
    }
};

TEST_P(KernelReaderOf, ReadsTheRowsThatTheTransformerHas) {
    for (std::int64_t layer = 0; layer < config_.n_layers; ++layer) {
        const LayerProjections got = reader_.read(layer);
        const at::Tensor all_XED = weights_.layers[static_cast<std::size_t>(layer)].qkv.weight_OI().view(
            {-1, config_.d_head, config_.d_model});
        EXPECT_TRUE(at::equal(got.q_HED, all_XED.narrow(0, 0, config_.n_heads)));
        EXPECT_TRUE(at::equal(got.k_GED, all_XED.narrow(0, config_.n_heads, config_.n_kv_heads)));
        EXPECT_EQ(got.scale, config_.attention_scale);
    }
}

TEST_P(KernelReaderOf, ReadsTheGainOfTheNormBeforeTheLayer) {
    for (std::int64_t layer = 0; layer < config_.n_layers; ++layer) {
        const at::Tensor got = reader_.read(layer).gain_D;
        const Norm& norm = norm_before(layer);
        EXPECT_TRUE(at::equal(got, norm.present() ? norm.gain_D : at::ones_like(got)));
        EXPECT_EQ(norm.present(), config_.norm_place != NormPlace::kAfterSublayer);
    }
}

// Takes a layer's inputs with gain and bias of the norm before it out of them: rows of norm sqrt(d_model).
class UnitRows final : public Observer {
  public:
    UnitRows(const KernelReader& reader, std::vector<at::Tensor> biases)
        : reader_(reader), biases_(std::move(biases)) {}
    void on_layer(const LayerInput& input) override {
        const at::Tensor bias_D = biases_[static_cast<std::size_t>(input.layer)];
        const at::Tensor x_TD = bias_D.defined() ? input.x_TD - bias_D : input.x_TD;
        const at::Tensor size_T = (x_TD / reader_.read(input.layer).gain_D).square().mean(1);
        worst = std::max(worst, (size_T - 1).abs().max().item<float>());
    }
    float worst = 0;

  private:
    const KernelReader& reader_;
    std::vector<at::Tensor> biases_;
};

TEST_P(KernelReaderOf, TheGainIsWhatUnitRowsWereMultipliedWith) {
    if (config_.norm_place == NormPlace::kAfterSublayer) return;  // x is no norm's output
    std::vector<at::Tensor> biases;
    for (std::int64_t layer = 0; layer < config_.n_layers; ++layer) biases.push_back(norm_before(layer).bias_D);
    UnitRows rows(reader_, biases);
    const auto model = load_transformer(checkpoint_, {"cpu", DataType::kFloat32}, job_);
    const std::vector<std::int32_t> ids = {3, 1, 4, 1, 5, 9, 2, 6};
    model->forward({.ids = ids, .observers = {&rows}}, job_);
    EXPECT_LT(rows.worst, 2e-2F);  // the norm's epsilon
}

TEST_P(KernelReaderOf, AnOffsetIsOnlyForModelsThatRotate) {
    EXPECT_NO_THROW(check_offset(config_, 0));
    if (config_.learned_positions)
        EXPECT_THROW(check_offset(config_, 3), Failure);
    else
        EXPECT_NO_THROW(check_offset(config_, -3));
}

INSTANTIATE_TEST_SUITE_P(Families, KernelReaderOf, testing::ValuesIn(family_checkpoints()),
                         [](const auto& checkpoint) { return checkpoint.param; });

TEST(KernelReader, RefusesALayerThatIsNotThere) {
    const auto checkpoint = open_family_checkpoint("gpt2");
    const KernelReader reader(*checkpoint, read_config(*checkpoint));
    EXPECT_THROW(reader.read(-1), Failure);
    EXPECT_THROW(reader.read(reader.config().n_layers), Failure);
}

TEST(HeadFactors, GiveTheScoresOfTheRunningModel) {
    // Without biases s_ij = x_i W(i - j) x_j^T, RoPE and grouped keys included.
    struct Scores final : Observer {
        Scores(const KernelReader& of) : reader(of) {}
        void on_layer(const LayerInput& input) override {
            const LayerProjections layer = reader.read(input.layer);
            const std::int64_t heads = input.q_HTE.size(0), shared = heads / input.k_GTE.size(0);
            for (std::int64_t head = 0; head < heads; ++head)
                for (const auto& [i, j] : {std::pair{5, 5}, {5, 0}, {2, 6}}) {
                    const HeadFactors factors = head_factors(layer, reader.config(), head, false, i - j);
                    const at::Tensor x_TD = input.x_TD.to(at::kDouble);
                    const double got = (factors.a_ED.mv(x_TD[i]) * factors.b_ED.mv(x_TD[j])).sum().item<double>();
                    const at::Tensor want = (input.q_HTE[head][i] * input.k_GTE[head / shared][j]).sum() * input.scale;
                    EXPECT_NEAR(got, want.item<double>(), 1e-4 + 1e-4 * std::abs(got));
                }
            ++layers;
        }
        const KernelReader& reader;
        int layers = 0;
    };
    for (const char* name : {"llama_base", "llama_llama3", "gemma2", "gguf_llama_linear", "mistral"}) {
        const std::shared_ptr<const CheckpointReader> checkpoint = open_family_checkpoint(name);
        const KernelReader reader(*checkpoint, read_config(*checkpoint));
        Scores scores(reader);
        JobContext job;
        const auto model = load_transformer(checkpoint, {"cpu", DataType::kFloat32}, job);
        const std::vector<std::int32_t> ids = {3, 1, 4, 1, 5, 9, 2, 6};
        model->forward({.ids = ids, .observers = {&scores}}, job);
        EXPECT_GT(scores.layers, 0);
    }
}

}  // namespace
}  // namespace gatescope
