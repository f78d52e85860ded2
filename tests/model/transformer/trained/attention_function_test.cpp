#include "model/transformer/trained/attention_function.h"

#include "model/transformer/trained/plain_functions.h"
#include "tests/model/transformer/trained/function_check.h"

namespace gatescope {
namespace {

using namespace testing_support;

struct Case {
    std::int64_t windows, heads, groups, length, d_head;
    double softcap = 0;
    KeyReach reach = {};
};
const std::vector<Case> kCases = {{1, 1, 1, 1, 4},
                                  {2, 3, 3, 5, 7},
                                  {2, 4, 2, 65, 16},
                                  {1, 2, 1, 130, 32, 3.0},
                                  {2, 2, 2, 150, 9, 0, {true, 20}},
                                  {1, 2, 2, 70, 8, 2.0, {true, 3}},
                                  {1, 2, 2, 67, 8, 0, {false, 0}},
                                  {1, 1, 1, 700, 4}};

std::vector<at::Tensor> arguments(const Case& of, bool bias) {
    std::vector<at::Tensor> out = {numbers({of.windows, of.heads, of.length, of.d_head}),
                                   numbers({of.windows, of.groups, of.length, of.d_head}, 1.0, 3),
                                   numbers({of.windows, of.groups, of.length, of.d_head}, 1.0, 7)};
    if (bias) out.push_back(numbers({of.windows, of.heads, of.length, of.length}, 2.0, 1));
    return out;
}

Function attention(const Case& of, const at::Tensor& keep, bool fast) {
    return [=](const std::vector<at::Tensor>& given) {
        const TrainedHeads heads{given[0], given[1], given[2], 0.7, of.softcap, of.reach};
        const at::Tensor bias = given.size() > 3 ? given[3] : at::Tensor();
        return fast ? trained_attention(heads, bias, keep, DataType::kFloat32)
                    : plain_attention(heads, bias, keep, DataType::kFloat32);
    };
}

TEST(TrainedAttention, HasTheValueAndGradientsOfThePlainOneAtOddSizes) {
    for (const Case& of : kCases) {
        SCOPED_TRACE(testing::Message() << of.length << " tokens, " << of.heads << " heads, window "
                                        << of.reach.sliding_window);
        expect_same(attention(of, {}, true), attention(of, {}, false), arguments(of, false), 2e-5);
    }
}

TEST(TrainedAttention, IsOnOtherDevicesWhatTorchHasFused) {
    for (const Case& of : kCases) {
        const auto fused = [&](const std::vector<at::Tensor>& given) {
            return fused_attention({given[0], given[1], given[2], 0.7, of.softcap, of.reach}, DataType::kFloat32);
        };
        const bool serves = fused_attention_serves({{}, {}, {}, 0.7, of.softcap, of.reach});
        EXPECT_EQ(serves, of.softcap == 0 && of.reach.sliding_window == 0);
        if (serves) expect_same(fused, attention(of, {}, false), arguments(of, false), 2e-5);
    }
}

TEST(TrainedAttention, HasTheGradientOfABias) {
    for (const Case& of : kCases)
        expect_same(attention(of, {}, true), attention(of, {}, false), arguments(of, true), 2e-5);
}

TEST(TrainedAttention, KeepsWhatAMaskKeepsAndGivesZerosToAQueryWithoutAKey) {
    for (const Case& of : kCases) {
        at::Tensor keep = numbers({of.windows, of.heads, of.length, of.length}).gt(0.2);
        keep.select(2, of.length / 2).fill_(false);
        expect_same(attention(of, keep, true), attention(of, keep, false), arguments(of, true), 2e-5);
        const at::Tensor out = attention(of, keep, true)(arguments(of, false));
        EXPECT_EQ(out.select(1, of.length / 2).abs().max().item<float>(), 0.0F);
    }
}

TEST(TrainedAttention, TakesOneBiasAndOneMaskForAllWindowsOrHeads) {
    const Case of{2, 3, 3, 40, 8};
    std::vector<at::Tensor> given = arguments(of, false);
    given.push_back(numbers({1, 3, 40, 40}));
    const at::Tensor keep = numbers({2, 1, 40, 40}).gt(0.1);
    expect_same(attention(of, keep, true), attention(of, keep, false), given, 2e-5);
}

TEST(TrainedAttention, TakesABiasAndAMaskOfOneValueForAllKeys) {
    const Case of{2, 3, 3, 40, 8};
    const at::Tensor bias = numbers({2, 3, 40, 1}), keep = numbers({2, 3, 40, 1}).gt(0.1);
    const auto out = [&](const at::Tensor& of_bias, const at::Tensor& of_keep) {
        std::vector<at::Tensor> given = arguments(of, false);
        given.push_back(of_bias);
        return attention(of, of_keep, true)(given);
    };
    const auto whole = [](const at::Tensor& x) { return x.expand({2, 3, 40, 40}).contiguous(); };
    EXPECT_TRUE(at::equal(out(bias, keep), out(whole(bias), whole(keep))));
}

TEST(TrainedAttention, TakesRowsOfAllHeadsTogetherAsTheyLie) {
    const Case of{2, 3, 3, 40, 8};
    const auto apart = [](const at::Tensor& qkv_BTX, std::int64_t n) {
        return qkv_BTX.view({2, 40, 3, 3, 8}).select(2, n).transpose(1, 2);
    };
    const auto function = [&](bool fast) -> Function {
        return [=](const std::vector<at::Tensor>& given) {
            return attention(of, {}, fast)({apart(given[0], 0), apart(given[0], 1), apart(given[0], 2)});
        };
    };
    expect_same(function(true), function(false), {numbers({2, 40, 72})}, 2e-5);
}

TEST(TrainedAttention, RepeatsToTheBit) {
    const Case of{2, 4, 2, 200, 16};
    expect_same_bits(attention(of, {}, true), arguments(of, true));
}

TEST(TrainedAttention, GivesNoGradientToWhatIsFrozen) {
    const Case of{1, 2, 1, 20, 4};
    const std::vector<at::Tensor> given = arguments(of, true);
    for (std::size_t trained = 0; trained < 4; ++trained) {
        std::vector<at::Tensor> leaves;
        for (std::size_t n = 0; n < 4; ++n) leaves.push_back(given[n].clone().requires_grad_(n == trained));
        attention(of, {}, true)(leaves).sum().backward();
        for (std::size_t n = 0; n < 4; ++n) EXPECT_EQ(leaves[n].grad().defined(), n == trained);
    }
}

}  // namespace
}  // namespace gatescope
