#include "model/transformer/trained/activation_function.h"

#include "model/transformer/trained/plain_functions.h"
#include "tests/model/transformer/trained/function_check.h"

namespace gatescope {
namespace {

using namespace testing_support;

const std::vector<Activation> kActivations = {Activation::kSilu, Activation::kGelu, Activation::kGeluTanh,
                                              Activation::kRelu};

TEST(TrainedActivation, HasTheValueAndGradientOfThePlainOne) {
    for (const Activation activation : kActivations)
        for (const double scale : {0.5, 4.0, 40.0}) {
            SCOPED_TRACE(testing::Message() << static_cast<int>(activation) << " at " << scale);
            expect_same([&](const auto& of) { return trained_activation(of[0], activation); },
                        [&](const auto& of) { return plain_activation(of[0], activation); },
                        {numbers({7, 1201}, scale)}, 2e-6);
        }
}

TEST(TrainedActivation, TimesAnotherHasBothGradients) {
    for (const Activation activation : kActivations)
        expect_same([&](const auto& of) { return trained_gated_activation(of[0], of[1], activation); },
                    [&](const auto& of) { return plain_activation(of[0], activation) * of[1]; },
                    {numbers({7, 1201}, 3.0), numbers({7, 1201}, 1.0, 9)}, 2e-6);
}

}  // namespace
}  // namespace gatescope
