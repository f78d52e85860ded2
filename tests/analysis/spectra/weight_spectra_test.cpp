// All heads of the small checkpoints of every family, against W itself; subsets, offsets, controls, refusals.
#include "analysis/spectra/weight_spectra.h"

#include <ATen/TensorOperators.h>
#include <gtest/gtest.h>

#include <cmath>

#include "analysis/spectra/random_projections.h"
#include "analysis/spectra/spectra_metrics.h"
#include "analysis/spectra/spectrum_tables.h"
#include "model/core/error.h"
#include "model/families/families.h"
#include "model/kernels/head_factors.h"
#include "tests/model/kernels/naive_spectrum.h"
#include "tests/model/transformer/family_checkpoints.h"

namespace gatescope {
namespace {

using namespace testing_support;

struct Opened {
    std::shared_ptr<const CheckpointReader> checkpoint;
    ModelConfig config;
    explicit Opened(const std::string& name)
        : checkpoint(open_family_checkpoint(name)), config(read_config(*checkpoint)) {}

    std::shared_ptr<const Spectra> spectra(const SpectraRequest& request, const IndexSet& layers = {},
                                           const IndexSet& heads = {}) const {
        WeightSpectraRun run(checkpoint, config, layers, heads, request);
        JobContext job;
        EXPECT_EQ(run.result(), nullptr);
        while (run.step(job)) EXPECT_EQ(run.result(), nullptr);
        EXPECT_EQ(run.done(), run.total());
        return run.result();
    }
};

void expect_same(std::span<const float> got, const std::vector<double>& want, const std::string& what) {
    ASSERT_EQ(got.size(), want.size()) << what;
    for (std::size_t n = 0; n < want.size(); ++n)
        EXPECT_NEAR(static_cast<double>(got[n]), want[n], 1e-6 * want.front() + 1e-9) << what << " " << n;
}

void expect_naive(const Opened& model, const WeightSpectra& got, bool folded, std::int64_t delta) {
    const KernelReader reader(*model.checkpoint, model.config);
    for (std::int64_t layer = 0; layer < model.config.n_layers; ++layer) {
        const LayerProjections projections = reader.read(layer);
        for (std::int64_t head = 0; head < model.config.n_heads; ++head) {
            const HeadFactors factors = head_factors(projections, model.config, head, folded, delta);
            const KernelSpectrum want = naive_spectrum(factors.a_ED, factors.b_ED);
            expect_same(got.whole.values.at(layer, head), want.singular_values, "whole");
            expect_same(got.skew.values.at(layer, head), want.skew_values, "skew");
            expect_same(got.symmetric.values.at(layer, head), want.symmetric_values, "symmetric");
            for (const auto& [id, grid] : got.figures)
                EXPECT_NEAR(static_cast<double>(grid.at(layer, head)), figures_of(want).at(id), 1e-5) << id;
        }
    }
}

class WeightSpectraOf : public testing::TestWithParam<std::string> {};

TEST_P(WeightSpectraOf, AreThoseOfTheWholeMatrices) {
    const Opened model(GetParam());
    const auto got = model.spectra({.raw = true, .folded = true});
    expect_naive(model, *got->raw, false, 0);
    expect_naive(model, *got->folded, true, 0);
}

TEST_P(WeightSpectraOf, AtAnOffsetAreThoseOfTurnedQueries) {
    const Opened model(GetParam());
    const SpectraRequest request{.folded = true, .delta = 5};
    if (model.config.learned_positions) {
        EXPECT_THROW(model.spectra(request), Failure);
        return;
    }
    const auto got = model.spectra(request);
    EXPECT_FALSE(got->raw.has_value());
    expect_naive(model, *got->folded, true, 5);
}

INSTANTIATE_TEST_SUITE_P(Families, WeightSpectraOf, testing::ValuesIn(family_checkpoints()),
                         [](const auto& checkpoint) { return checkpoint.param; });

TEST(WeightSpectra, OfAFewLayersAndHeadsAreRowsOfTheWhole) {
    const Opened model("llama_base");
    const auto whole = model.spectra({.raw = true});
    const std::int64_t layer = model.config.n_layers - 1, head = model.config.n_heads - 1;
    const auto part = model.spectra({.raw = true}, IndexSet({layer}), IndexSet({0, head}));
    EXPECT_EQ(part->raw->whole.values.n_layers, 1);
    EXPECT_EQ(part->raw->whole.values.n_heads, 2);
    for (const auto& [id, grid] : part->raw->skew.ranks) {
        EXPECT_EQ(grid.at(0, 0), whole->raw->skew.ranks.at(id).at(layer, 0));
        EXPECT_EQ(grid.at(0, 1), whole->raw->skew.ranks.at(id).at(layer, head));
    }
}

TEST(WeightSpectra, EveryFigureOfTheRegistryIsThere) {
    const auto got = Opened("qwen3").spectra({.raw = true, .folded = true});
    int found = 0;
    for (const MetricInfo& metric : spectra_metric_infos())
        if (metric.id.starts_with("weights/")) {
            const HeadGrid* const grid = spectra_grid(*got, metric.id);
            ASSERT_NE(grid, nullptr) << metric.id;
            for (const float value : grid->values) EXPECT_TRUE(std::isfinite(value)) << metric.id;
            ++found;
        }
    EXPECT_EQ(found, 42);
}

TEST(WeightSpectra, WhatCannotBeIsRefusedBeforeAnyWork) {
    const Opened model("gpt2");
    EXPECT_THROW(model.spectra({}), Failure);
    EXPECT_THROW(model.spectra({.raw = true}, IndexSet({99})), Failure);
    EXPECT_THROW(model.spectra({.raw = true}, {}, IndexSet({99})), Failure);
    EXPECT_THROW(model.spectra({.raw = true, .delta = -1}), Failure);
}

TEST(WeightSpectra, AStepThatWasCancelledIsDoneAgain) {
    const Opened model("mistral");
    WeightSpectraRun run(model.checkpoint, model.config, {}, {}, {.raw = true});
    JobContext cancelled, job;
    ASSERT_TRUE(run.step(job));
    cancelled.cancel();
    EXPECT_THROW(run.step(cancelled), Cancelled);
    EXPECT_EQ(run.done(), 1);
    while (run.step(job)) continue;
    EXPECT_EQ(run.result()->raw->whole.values.values, model.spectra({.raw = true})->raw->whole.values.values);
}

TEST(SpectraControls, RandomKernelsOfNormOneDependOnShapeAndSeedAlone) {
    const SpectraRequest request{.raw = true, .controls = true, .seed = 4};
    const auto got = Opened("llama_base").spectra(request), same = Opened("llama_sharded").spectra(request);
    const RandomKernels& kernels = got->controls->kernels;
    EXPECT_EQ(kernels.draws, 20);
    EXPECT_EQ(kernels.whole.mean, same->controls->kernels.whole.mean);
    EXPECT_NE(kernels.whole.mean,
              Opened("llama_base").spectra({.raw = true, .controls = true})->controls->kernels.whole.mean);
    float low = 0, high = 0;
    for (std::size_t n = 0; n < kernels.whole.mean.size(); ++n) {
        EXPECT_LE(kernels.whole.low[n], kernels.whole.mean[n]);
        EXPECT_LE(kernels.whole.mean[n], kernels.whole.high[n]);
        low += kernels.whole.low[n] * kernels.whole.low[n];
        high += kernels.whole.high[n] * kernels.whole.high[n];
    }
    EXPECT_LT(low, 1);
    EXPECT_GT(high, 1);
    EXPECT_EQ(kernels.figures.size(), figures_of({}).size());
    for (const auto& [path, band] : kernels.figures) {
        EXPECT_LE(band[0], band[1]) << path;
        EXPECT_LE(band[1], band[2]) << path;
    }
    EXPECT_NEAR(kernels.figures.at("skew_fraction")[1], 0.5, 0.05);
}

TEST(SpectraControls, RandomProjectionsKeepEveryHeadsNorm) {
    const Opened model("gemma2");
    const LayerProjections learned = KernelReader(*model.checkpoint, model.config).read(1);
    const LayerProjections drawn = random_projections(learned, 1, 9), again = random_projections(learned, 1, 9);
    const auto norms = [](const at::Tensor& x_HED) { return x_HED.to(at::kDouble).square().sum({1, 2}).sqrt(); };
    for (const auto& [a, b] : {std::pair{learned.q_HED, drawn.q_HED}, {learned.k_GED, drawn.k_GED}}) {
        EXPECT_LT((norms(a) - norms(b)).abs().max().item<double>(), 1e-5 * norms(a).max().item<double>());
        EXPECT_GT((a - b).abs().max().item<float>(), 0.1F * a.abs().max().item<float>());
    }
    EXPECT_TRUE(drawn.q_HED.equal(again.q_HED));
    EXPECT_FALSE(drawn.q_HED.equal(random_projections(learned, 0, 9).q_HED));
    EXPECT_FALSE(drawn.q_HED.equal(random_projections(learned, 1, 8).q_HED));
    EXPECT_FALSE(drawn.q_HED[0].equal(drawn.q_HED[1]));
    EXPECT_FALSE(drawn.q_HED[0].equal(drawn.k_GED[0]));
}

TEST(SpectraControls, RandomProjectionsAreSurveyedInEveryFormAskedFor) {
    const Opened model("olmo2");
    const auto got = model.spectra({.raw = true, .folded = true, .controls = true, .seed = 2});
    const LayerProjections drawn = random_projections(KernelReader(*model.checkpoint, model.config).read(0), 0, 2);
    const HeadFactors factors = head_factors(drawn, model.config, 1, false, 0);
    const KernelSpectrum want = kernel_spectrum(factors.a_ED, factors.b_ED);
    ASSERT_TRUE(got->controls->raw_projections && got->controls->folded_projections);
    expect_same(got->controls->raw_projections->whole.values.at(0, 1), want.singular_values, "drawn");
    EXPECT_FALSE(model.spectra({.raw = true, .controls = true})->controls->folded_projections.has_value());
}

}  // namespace
}  // namespace gatescope
