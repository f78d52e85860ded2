#include "model/transformer/trained/linear_function.h"

#include "model/transformer/trained/plain_functions.h"
#include "tests/model/transformer/trained/function_check.h"

namespace gatescope {
namespace {

using namespace testing_support;

Function linear(DataType compute, bool fast) {
    return [=](const std::vector<at::Tensor>& of) {
        const at::Tensor bias = of.size() > 2 ? of[2] : at::Tensor();
        return fast ? trained_linear(of[0], of[1], bias, compute) : plain_linear(of[0], of[1], bias, compute);
    };
}

struct Shape {
    std::int64_t rows, in, out;
};
const std::vector<Shape> kShapes = {{1, 1, 1},     {3, 5, 7},      {130, 64, 64},   {257, 33, 129},
                                    {600, 20, 70}, {40, 1030, 65}, {1100, 16, 131}, {128, 128, 256}};

std::vector<at::Tensor> arguments(const Shape& shape) {
    return {numbers({shape.rows, shape.in}), numbers({shape.out, shape.in}, 0.3, 11), numbers({shape.out}, 1.0, 5)};
}

TEST(TrainedLinear, HasTheValueAndGradientsOfThePlainOneAtOddSizes) {
    for (const Shape& shape : kShapes) {
        SCOPED_TRACE(testing::Message() << shape.rows << " x " << shape.in << " -> " << shape.out);
        std::vector<at::Tensor> of = arguments(shape);
        expect_same(linear(DataType::kFloat32, true), linear(DataType::kFloat32, false), of, 2e-5);
        of.pop_back();
        expect_same(linear(DataType::kFloat32, true), linear(DataType::kFloat32, false), of, 2e-5);
    }
}

TEST(TrainedLinear, RoundsFactorsAloneInBFloat16) {
    for (const Shape& shape : kShapes) {
        SCOPED_TRACE(testing::Message() << shape.rows << " x " << shape.in << " -> " << shape.out);
        const std::vector<at::Tensor> of = arguments(shape);
        const Outcome got = outcome(linear(DataType::kBFloat16, true), of);
        const Outcome rounded = outcome(linear(DataType::kBFloat16, false), of);
        const Outcome exact = outcome(linear(DataType::kFloat32, false), of);
        EXPECT_LT(difference(got.value, rounded.value), 2e-5);
        for (std::size_t n = 0; n < 3; ++n) EXPECT_LT(difference(got.gradients[n], exact.gradients[n]), 0.02);
    }
}

TEST(TrainedLinear, RepeatsToTheBit) {
    for (const DataType compute : {DataType::kFloat32, DataType::kBFloat16})
        expect_same_bits(linear(compute, true), arguments({300, 70, 190}));
}

TEST(TrainedLinear, TakesRowsOfSeveralDimensionsAndStrides) {
    const at::Tensor x = numbers({4, 6, 5}).transpose(0, 1);
    const at::Tensor weight = numbers({3, 5});
    const at::Tensor out = trained_linear(x, weight, {}, DataType::kFloat32);
    ASSERT_EQ(out.sizes(), at::IntArrayRef({6, 4, 3}));
    EXPECT_LT(difference(out, plain_linear(x, weight, {}, DataType::kFloat32)), 1e-5);
}

TEST(TrainedLinear, GivesNoGradientToWhatIsFrozen) {
    const std::vector<at::Tensor> of = arguments({9, 6, 8});
    for (std::size_t trained = 0; trained < 3; ++trained) {
        std::vector<at::Tensor> leaves;
        for (std::size_t n = 0; n < 3; ++n) leaves.push_back(of[n].clone().requires_grad_(n == trained));
        trained_linear(leaves[0], leaves[1], leaves[2], DataType::kFloat32).sum().backward();
        for (std::size_t n = 0; n < 3; ++n) EXPECT_EQ(leaves[n].grad().defined(), n == trained);
    }
    EXPECT_FALSE(trained_linear(of[0], of[1], of[2], DataType::kFloat32).requires_grad());
}

}  // namespace
}  // namespace gatescope
