#pragma once
// Compares spectra and surveys and components field by field, NaN with NaN.

#include <optional>

#include "analysis/spectra/survey_results.h"
#include "captures/components_file.h"
#include "tests/captures/run_equality.h"

namespace gatescope {

inline void expect_equal(const SpectrumPart& a, const SpectrumPart& b, const std::string& where) {
    EXPECT_EQ(a.values.n_layers, b.values.n_layers) << where;
    EXPECT_EQ(a.values.n_heads, b.values.n_heads) << where;
    EXPECT_EQ(a.values.n_values, b.values.n_values) << where;
    EXPECT_TRUE(same_bits(a.values.values, b.values.values)) << where;
    expect_equal(a.ranks, b.ranks, where + "/");
}

inline void expect_equal(const std::optional<WeightSpectra>& a, const std::optional<WeightSpectra>& b,
                         const std::string& where) {
    ASSERT_EQ(a.has_value(), b.has_value()) << where;
    if (!a) return;
    expect_equal(a->whole, b->whole, where);
    expect_equal(a->skew, b->skew, where + "/skew");
    expect_equal(a->symmetric, b->symmetric, where + "/symmetric");
    expect_equal(a->figures, b->figures, where + "/");
}

inline void expect_equal(const ControlBand& a, const ControlBand& b, const std::string& where) {
    EXPECT_TRUE(same_bits(a.low, b.low)) << where;
    EXPECT_TRUE(same_bits(a.mean, b.mean)) << where;
    EXPECT_TRUE(same_bits(a.high, b.high)) << where;
}

inline void expect_equal(const SpectraControls& a, const SpectraControls& b) {
    EXPECT_EQ(a.seed, b.seed);
    EXPECT_EQ(a.kernels.draws, b.kernels.draws);
    expect_equal(a.kernels.whole, b.kernels.whole, "whole");
    expect_equal(a.kernels.skew, b.kernels.skew, "skew");
    expect_equal(a.kernels.symmetric, b.kernels.symmetric, "symmetric");
    EXPECT_EQ(a.kernels.figures, b.kernels.figures);
    expect_equal(a.raw_projections, b.raw_projections, "raw_projections");
    expect_equal(a.folded_projections, b.folded_projections, "folded_projections");
}

inline void expect_equal(const Spectra& a, const Spectra& b) {
    EXPECT_EQ(a.request, b.request);
    expect_equal(a.raw, b.raw, "raw");
    expect_equal(a.folded, b.folded, "folded");
    ASSERT_EQ(a.controls.has_value(), b.controls.has_value());
    if (a.controls) expect_equal(*a.controls, *b.controls);
    ASSERT_EQ(a.activations.has_value(), b.activations.has_value());
    if (a.activations) {
        EXPECT_EQ(a.activations->windows, b.activations->windows);
        EXPECT_EQ(a.activations->capacity, b.activations->capacity);
        expect_equal(a.activations->routing_fraction, b.activations->routing_fraction, "routing_fraction");
        expect_equal(a.activations->skew, b.activations->skew, "skew");
        expect_equal(a.activations->symmetric, b.activations->symmetric, "symmetric");
        expect_equal(a.activations->centred, b.activations->centred, "centred");
    }
    ASSERT_EQ(a.cosines.has_value(), b.cosines.has_value());
    if (!a.cosines) return;
    EXPECT_EQ(a.cosines->windows, b.cosines->windows);
    expect_equal(a.cosines->attended, b.cosines->attended, "attended");
    expect_equal(a.cosines->other, b.cosines->other, "other");
}

inline void expect_equal(const ModelSpectra& a, const ModelSpectra& b) {
    EXPECT_EQ(a.name, b.name);
    expect_equal(*a.model, *b.model);
    EXPECT_EQ(a.layers, b.layers) << a.name;
    EXPECT_EQ(a.heads, b.heads) << a.name;
    expect_equal(*a.spectra, *b.spectra);
}

inline void expect_equal(const SpectraSurvey& a, const SpectraSurvey& b) {
    EXPECT_EQ(a.request, b.request);
    EXPECT_EQ(a.command, b.command);
    EXPECT_EQ(a.created, b.created);
    EXPECT_EQ(a.complete, b.complete);
    ASSERT_EQ(a.models.size(), b.models.size());
    for (std::size_t n = 0; n < a.models.size(); ++n) expect_equal(*a.models[n], *b.models[n]);
}

inline void expect_equal(const std::vector<HeadComponent>& a, const std::vector<HeadComponent>& b) {
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t n = 0; n < a.size(); ++n) {
        EXPECT_EQ(a[n].routing, b[n].routing);
        EXPECT_EQ(a[n].value, b[n].value);
        EXPECT_EQ(a[n].share, b[n].share);
        EXPECT_EQ(a[n].directions, b[n].directions);
        EXPECT_EQ(a[n].tokens, b[n].tokens);
        ASSERT_EQ(a[n].sides.size(), b[n].sides.size());
        for (std::size_t side = 0; side < a[n].sides.size(); ++side) {
            ASSERT_EQ(a[n].sides[side].size(), b[n].sides[side].size());
            for (std::size_t token = 0; token < a[n].sides[side].size(); ++token) {
                EXPECT_EQ(a[n].sides[side][token].id, b[n].sides[side][token].id);
                EXPECT_EQ(a[n].sides[side][token].piece, b[n].sides[side][token].piece);
                EXPECT_TRUE(same_number(a[n].sides[side][token].loading, b[n].sides[side][token].loading));
            }
        }
    }
}

inline void expect_equal(const ComponentsFile& a, const ComponentsFile& b) {
    expect_equal(*a.model, *b.model);
    EXPECT_EQ(a.text_name, b.text_name);
    EXPECT_EQ(a.text_sha256, b.text_sha256);
    EXPECT_EQ(a.pieces, b.pieces);
    EXPECT_EQ(a.command, b.command);
    EXPECT_EQ(a.created, b.created);
    ASSERT_EQ(a.heads.size(), b.heads.size());
    for (std::size_t n = 0; n < a.heads.size(); ++n) {
        EXPECT_EQ(a.heads[n]->request, b.heads[n]->request);
        EXPECT_EQ(a.heads[n]->skew_fraction, b.heads[n]->skew_fraction);
        EXPECT_EQ(a.heads[n]->ids, b.heads[n]->ids);
        expect_equal(a.heads[n]->planes, b.heads[n]->planes);
        expect_equal(a.heads[n]->axes, b.heads[n]->axes);
    }
}

}  // namespace gatescope
