#include "model/transformer/trained/sigmoid_bias.h"

#include <ATen/ops/cat.h>

#include <array>

#include "model/transformer/trained/rotation_function.h"
#include "tests/model/transformer/trained/function_check.h"

namespace gatescope {
namespace {

using namespace testing_support;

Function bias(double scale, const KeyReach& reach, bool fast) {
    return [=](const std::vector<at::Tensor>& sides) {
        return (fast ? sigmoid_bias : plain_sigmoid_bias)(sides[0], sides[1], scale, reach);
    };
}

TEST(SigmoidBias, HasTheValueAndGradientsOfThePlainOneAtOddSizes) {
    for (const auto& [heads, length, width, window] :
         std::vector<std::array<std::int64_t, 4>>{{1, 1, 4, 0}, {3, 5, 7, 0}, {2, 150, 32, 0}, {2, 130, 8, 20}})
        for (const double scale : {0.3, 30.0}) {
            SCOPED_TRACE(testing::Message() << length << " tokens, scale " << scale);
            const KeyReach reach{true, window};
            expect_same(bias(scale, reach, true), bias(scale, reach, false),
                        {numbers({heads, length, width}), numbers({heads, length, width}, 1.0, 3)}, 2e-5);
        }
}

TEST(TrainedRotation, TurnsBackOnTheWayBack) {
    const at::Tensor angle = numbers({9, 3}, 2.0, 5), x = numbers({2, 4, 9, 8});
    const at::Tensor cos = angle.cos(), sin = angle.sin();
    const auto rotate = [&](const std::vector<at::Tensor>& given) { return trained_rotation(given[0], cos, sin); };
    const auto plain = [&](const std::vector<at::Tensor>& given) {
        const at::Tensor first = given[0].narrow(3, 0, 3), second = given[0].narrow(3, 3, 3);
        return at::cat({first * cos - second * sin, second * cos + first * sin, given[0].narrow(3, 6, 2)}, 3);
    };
    expect_same(rotate, plain, {x}, 1e-6);
}

}  // namespace
}  // namespace gatescope
