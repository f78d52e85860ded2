// Spectra and cosines as a run over a text brings them.
#include <gtest/gtest.h>

#include "tests/analysis/measurement_fixture.h"

namespace gatescope {
namespace {

using testing_support::TinyWorld;

RunRequest with_spectra(RunRequest request) {
    request.spectra.activations = request.spectra.cosines = true;
    return request;
}

TEST(MeasuredSpectra, GrowWindowByWindow) {
    TinyWorld world;
    const auto measurement = world.measurement(with_spectra(world.request()));
    EXPECT_EQ(measurement->result()->spectra, nullptr);
    std::uint64_t last = 0;
    for (std::int64_t window = 1; window <= 4; ++window) {
        measurement->step(world.job);
        const auto spectra = measurement->result()->spectra;
        ASSERT_NE(spectra, nullptr);
        EXPECT_EQ(spectra->activations->windows, window);
        EXPECT_EQ(spectra->cosines->windows, window);
        EXPECT_NE(spectra->id, last);
        last = spectra->id;
    }
    const auto run = measurement->result();
    const HeadGrid& fraction = run->spectra->activations->routing_fraction;
    EXPECT_EQ(fraction.n_layers, 3);
    for (const float share : fraction.values) EXPECT_TRUE(share > 0 && share < 1) << share;
    for (const float cosine : run->spectra->cosines->attended.values) EXPECT_LE(std::abs(cosine), 1);
    EXPECT_FALSE(run->spectra->raw.has_value());
}

TEST(MeasuredSpectra, AreNotWorkedOutUnlessAskedFor) {
    TinyWorld world;
    EXPECT_EQ(world.finished(world.request())->spectra, nullptr);
    RunRequest request = world.request();
    request.spectra.cosines = true;
    const auto run = world.finished(request);
    EXPECT_FALSE(run->spectra->activations.has_value());
    EXPECT_TRUE(run->spectra->cosines.has_value());
    EXPECT_FALSE(run->spectra->request.activations);
}

// The list of the long windows' values is not made anew where nothing came to it.
TEST(MeasuredSpectra, StayTheSameObjectWhileAGatesWindowRuns) {
    TinyWorld world;
    const auto measurement = world.measurement(with_spectra(world.request({"oracle:k=4"})));
    measurement->step(world.job);
    const auto before = measurement->result();
    measurement->step(world.job);
    const auto after = measurement->result();
    EXPECT_EQ(after->gates[0].windows_done, 1);
    EXPECT_EQ(after->spectra, before->spectra);
}

TEST(MeasuredSpectra, OfSomeHeadsAreThoseOfAllHeads) {
    TinyWorld world;
    const auto all = world.finished(with_spectra(world.request()));
    RunRequest request = with_spectra(world.request());
    request.layers = IndexSet::parse("1-2", "layers");
    request.heads = IndexSet::parse("0,3", "heads");
    const auto some = world.finished(request);
    for (const std::int64_t row : {0, 1})
        for (const std::int64_t column : {0, 1}) {
            const std::int64_t head = column == 0 ? 0 : 3;
            const ActivationSpectra &a = *some->spectra->activations, &b = *all->spectra->activations;
            EXPECT_EQ(a.routing_fraction.at(row, column), b.routing_fraction.at(row + 1, head));
            EXPECT_EQ(a.symmetric.values.at(row, column)[0], b.symmetric.values.at(row + 1, head)[0]);
            EXPECT_EQ(some->spectra->cosines->attended.at(row, column),
                      all->spectra->cosines->attended.at(row + 1, head));
        }
}

// A map of another window runs a pass of its own.
TEST(MeasuredSpectra, CountTheWindowsOfTheRunAlone) {
    TinyWorld world;
    const auto measurement = world.measurement(with_spectra(world.request({"routing-only"})));
    measurement->pattern(3, 1, 0, nullptr, nullptr, world.job);
    measurement->step(world.job);
    EXPECT_EQ(measurement->result()->spectra->activations->windows, 1);
}

}  // namespace
}  // namespace gatescope
