#include "model/transformer/trained/norm_function.h"

#include "model/transformer/trained/plain_functions.h"
#include "tests/model/transformer/trained/function_check.h"

namespace gatescope {
namespace {

using namespace testing_support;

Function norm(NormKind kind, bool fast) {
    return [=](const std::vector<at::Tensor>& of) {
        const at::Tensor bias = kind == NormKind::kLayer ? of[2] : at::Tensor();
        return fast ? trained_norm(of[0], of[1], bias, kind, 1e-5) : plain_norm(of[0], of[1], bias, kind, 1e-5);
    };
}

std::vector<at::Tensor> arguments(NormKind kind, std::int64_t rows, std::int64_t width) {
    std::vector<at::Tensor> out = {numbers({rows, width}) + 0.3, numbers({width}, 1.0, 3)};
    if (kind == NormKind::kLayer) out.push_back(numbers({width}, 1.0, 7));
    return out;
}

TEST(TrainedNorm, HasTheValueAndGradientsOfThePlainOneAtOddSizes) {
    for (const NormKind kind : {NormKind::kRms, NormKind::kLayer})
        for (const auto& [rows, width] : {std::pair{1, 3}, {5, 32}, {64, 17}, {65, 192}, {300, 33}})
            expect_same(norm(kind, true), norm(kind, false), arguments(kind, rows, width), 1e-4);
}

TEST(TrainedNorm, RepeatsToTheBitAndTakesStridesAndSeveralDimensions) {
    expect_same_bits(norm(NormKind::kLayer, true), arguments(NormKind::kLayer, 1000, 48));
    const at::Tensor x = numbers({3, 4, 5, 8}).transpose(1, 2), gain = numbers({8});
    const at::Tensor out = trained_norm(x, gain, {}, NormKind::kRms, 1e-6);
    ASSERT_EQ(out.sizes(), x.sizes());
    EXPECT_LT(difference(out, plain_norm(x, gain, {}, NormKind::kRms, 1e-6)), 1e-5);
}

TEST(TrainedNorm, GivesNoGradientToWhatIsFrozen) {
    const std::vector<at::Tensor> of = arguments(NormKind::kLayer, 9, 6);
    for (std::size_t trained = 0; trained < 3; ++trained) {
        std::vector<at::Tensor> leaves;
        for (std::size_t n = 0; n < 3; ++n) leaves.push_back(of[n].clone().requires_grad_(n == trained));
        trained_norm(leaves[0], leaves[1], leaves[2], NormKind::kLayer, 1e-5).sum().backward();
        for (std::size_t n = 0; n < 3; ++n) EXPECT_EQ(leaves[n].grad().defined(), n == trained);
    }
}

}  // namespace
}  // namespace gatescope
