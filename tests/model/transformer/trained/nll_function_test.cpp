#include "model/transformer/trained/nll_function.h"

#include <ATen/ops/tensor.h>

#include "model/transformer/trained/plain_functions.h"
#include "tests/model/transformer/trained/function_check.h"

namespace gatescope {
namespace {

using namespace testing_support;

// Every third row is not scored.
at::Tensor targets(std::int64_t rows, std::int64_t words) {
    std::vector<std::int64_t> out;
    for (std::int64_t n = 0; n < rows; ++n) out.push_back(n % 3 == 2 ? -1 : n * 37 % words);
    return at::tensor(out);
}

Function nll(const at::Tensor& targets_N, double softcap, DataType compute, bool fast) {
    return [=](const std::vector<at::Tensor>& of) {
        const at::Tensor bias = of.size() > 2 ? of[2] : at::Tensor();
        return fast ? mean_nll(of[0], of[1], bias, targets_N, softcap, compute)
                    : plain_mean_nll(of[0], of[1], bias, targets_N, softcap, compute);
    };
}

struct Shape {
    std::int64_t rows, words, width;
};
const std::vector<Shape> kShapes = {{1, 2, 1}, {5, 7, 3}, {131, 129, 33}, {257, 301, 64}, {40, 1000, 70}};

std::vector<at::Tensor> arguments(const Shape& shape) {
    return {numbers({shape.rows, shape.width}), numbers({shape.words, shape.width}, 0.5, 3),
            numbers({shape.words}, 1.0, 5)};
}

// The way back begins with the loss itself.
void expect_same_loss(const Shape& shape, double softcap, DataType compute, double tolerance) {
    SCOPED_TRACE(testing::Message() << shape.rows << " x " << shape.width << " -> " << shape.words);
    const at::Tensor ids = targets(shape.rows, shape.words);
    const auto times = [](const Function& function) {
        return [=](const std::vector<at::Tensor>& of) { return function(of).reshape({1}).expand({2}) * 1.5; };
    };
    std::vector<at::Tensor> of = arguments(shape);
    expect_same(times(nll(ids, softcap, compute, true)), times(nll(ids, softcap, compute, false)), of, tolerance);
    of.pop_back();
    expect_same(times(nll(ids, softcap, compute, true)), times(nll(ids, softcap, compute, false)), of, tolerance);
}

TEST(MeanNll, HasTheValueAndGradientsOfThePlainOneAtOddSizes) {
    for (const Shape& shape : kShapes) expect_same_loss(shape, 0, DataType::kFloat32, 2e-5);
}

TEST(MeanNll, CapsLogitsSoftly) {
    for (const Shape& shape : kShapes) expect_same_loss(shape, 2.0, DataType::kFloat32, 2e-5);
}

TEST(MeanNll, RoundsFactorsAloneInBFloat16) {
    for (const Shape& shape : kShapes) {
        expect_same_loss(shape, 0, DataType::kBFloat16, 0.02);
        const std::vector<at::Tensor> of = arguments(shape);
        const at::Tensor ids = targets(shape.rows, shape.words);
        EXPECT_LT(difference(nll(ids, 0, DataType::kBFloat16, true)(of), nll(ids, 0, DataType::kBFloat16, false)(of)),
                  1e-5);
    }
}

TEST(MeanNll, RepeatsToTheBit) {
    for (const DataType compute : {DataType::kFloat32, DataType::kBFloat16})
        expect_same_bits(nll(targets(300, 700), 0, compute, true), arguments({300, 700, 40}));
}

TEST(MeanNll, IsZeroWithoutAScoredRow) {
    const at::Tensor hidden = numbers({3, 4}).requires_grad_(), words = numbers({5, 4});
    const at::Tensor loss =
        mean_nll(hidden, words, {}, at::tensor(std::vector<std::int64_t>{-1, -1, -1}), 0, DataType::kFloat32);
    EXPECT_EQ(loss.item<float>(), 0.0F);
    loss.backward();
    EXPECT_EQ(hidden.grad().abs().max().item<float>(), 0.0F);
}

TEST(MeanNll, GivesNoGradientToWhatIsFrozen) {
    const std::vector<at::Tensor> of = arguments({9, 20, 6});
    for (std::size_t trained = 0; trained < 3; ++trained) {
        std::vector<at::Tensor> leaves;
        for (std::size_t n = 0; n < 3; ++n) leaves.push_back(of[n].clone().requires_grad_(n == trained));
        nll(targets(9, 20), 0, DataType::kFloat32, true)(leaves).backward();
        for (std::size_t n = 0; n < 3; ++n) EXPECT_EQ(leaves[n].grad().defined(), n == trained);
    }
}

}  // namespace
}  // namespace gatescope
