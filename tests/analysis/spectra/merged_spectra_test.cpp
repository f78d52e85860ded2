#include "analysis/spectra/merged_spectra.h"

#include <gtest/gtest.h>

#include <set>
#include <vector>

#include "analysis/result_id.h"

namespace gatescope {
namespace {

Spectra of_weights() {
    Spectra out;
    out.id = next_result_id();
    out.request = {.raw = true, .delta = 3, .controls = true, .seed = 7};
    out.raw.emplace().whole.values = {1, 1, 1, {2.0F}};
    out.controls.emplace().seed = 7;
    return out;
}

Spectra of_activations() {
    Spectra out;
    out.id = next_result_id();
    out.request = {.seed = 1, .activations = true};
    out.activations.emplace().windows = 5;
    return out;
}

TEST(MergedSpectra, HaveTheKernelsOfTheOneAndTheActivationsOfTheOther) {
    const Spectra weights = of_weights(), activations = of_activations();
    const auto both = merged(&weights, &activations);
    EXPECT_EQ(both->request,
              (SpectraRequest{.raw = true, .delta = 3, .controls = true, .seed = 7, .activations = true}));
    EXPECT_EQ(both->raw->whole.values.values, std::vector{2.0F});
    EXPECT_TRUE(both->controls.has_value());
    EXPECT_EQ(both->activations->windows, 5);
    EXPECT_FALSE(both->folded || both->cosines);
}

TEST(MergedSpectra, AreThoseThatAreThereUnderAnIdOfTheirOwn) {
    const Spectra weights = of_weights(), activations = of_activations();
    const auto one = merged(&weights, nullptr), other = merged(nullptr, &activations);
    EXPECT_FALSE(one->activations.has_value());
    EXPECT_FALSE(other->raw || other->controls || other->request.weights());
    EXPECT_EQ(std::set({weights.id, activations.id, one->id, other->id}).size(), 4U);
    EXPECT_EQ(merged(nullptr, nullptr), nullptr);
}

// What stood in for the other part is not carried over.
TEST(MergedSpectra, TakeNoKernelsFromTheActivationsNorTheOtherWayRound) {
    Spectra weights = of_weights(), activations = of_activations();
    weights.request.cosines = true;
    weights.cosines.emplace();
    activations.raw.emplace();
    EXPECT_FALSE(merged(&weights, nullptr)->cosines || merged(&weights, nullptr)->request.cosines);
    EXPECT_FALSE(merged(nullptr, &activations)->raw.has_value());
}

}  // namespace
}  // namespace gatescope
