#include "model/transformer/lm_head.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/core/error.h"
#include "tests/model/transformer/tensors.h"

namespace gatescope {
namespace {

using namespace testing_support;

TEST(LmHead, PlainOneIsTheUnembeddingAndItsBias) {
    const at::Tensor w = random_tensor({13, 6}), b = random_tensor({13}, 2), x = random_tensor({4, 6}, 3);
    const LmHeadWeights weights{{}, {}, Linear(w, b)};
    EXPECT_LT(largest_difference(lm_head_logits(weights, ModelConfig(), x), x.matmul(w.t()).add(b)), 5e-6F);
}

TEST(LmHead, TransformsFirstWhereTheModelDoes) {
    const at::Tensor dense = random_tensor({6, 6}, 4), bias = random_tensor({6}, 5), w = random_tensor({13, 6});
    const Norm norm{NormKind::kLayer, 1e-12, random_tensor({6}, 6), random_tensor({6}, 7)};
    ModelConfig config;
    config.lm_head = LmHead::kTransform;
    config.activation = Activation::kGelu;
    const at::Tensor x = random_tensor({4, 6}, 3);
    const at::Tensor hidden = norm.apply_generic(activate(x.matmul(dense.t()).add(bias), Activation::kGelu));
    const LmHeadWeights weights{Linear(dense, bias), norm, Linear(w)};
    EXPECT_LT(largest_difference(lm_head_logits(weights, config, x), hidden.matmul(w.t())), 2e-5F);
}

TEST(LmHead, CapsLogitsInFloat32) {
    const at::Tensor w = random_tensor({13, 6}).mul(5), x = random_tensor({4, 6}, 3);
    ModelConfig config;
    config.final_softcap = 2.0;
    for (const at::ScalarType dtype : {at::kFloat, at::kBFloat16}) {
        const LmHeadWeights weights{{}, {}, Linear(w.to(dtype))};
        const at::Tensor plain = lm_head_logits(weights, ModelConfig(), x.to(dtype)).to(at::kFloat);
        const at::Tensor capped = lm_head_logits(weights, config, x.to(dtype));
        EXPECT_EQ(capped.scalar_type(), at::kFloat);
        EXPECT_LT(largest_difference(capped, plain.div(2.0).tanh().mul(2.0)), 2e-6F);
    }
}

TEST(LmHead, SaysSoWhereTheCheckpointHasNone) {
    ModelConfig config;
    config.lm_head = LmHead::kNone;
    try {
        lm_head_logits({}, config, at::ones({1, 6}));
        FAIL() << "gave logits";
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.kind(), FailureKind::kUnsupported);
        EXPECT_THAT(failure.what(), testing::HasSubstr("no language-model head"));
    }
}

}  // namespace
}  // namespace gatescope
