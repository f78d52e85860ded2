// Shapes: H head, G key/value head, T token, E d_head.
#include "analysis/spectra/activation_spectra.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/ops/randn.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "analysis/spectra/spectra_metrics.h"
#include "analysis/spectra/spectrum_ranks.h"

namespace gatescope {
namespace {

constexpr std::int64_t kHeads = 6, kKeyHeads = 2, kWidth = 4;
constexpr double kScale = 0.5;

LayerInput layer_input(std::int64_t layer, std::int64_t tokens, std::uint64_t seed) {
    auto generator = at::detail::createCPUGenerator(seed);
    LayerInput out;
    out.layer = layer;
    out.q_HTE = at::randn({kHeads, tokens, kWidth}, generator, at::kFloat);
    out.k_GTE = at::randn({kKeyHeads, tokens, kWidth}, generator, at::kFloat);
    out.scale = kScale;
    return out;
}

void feed(ActivationRecorder& recorder, const std::vector<LayerInput>& layers) {
    const std::vector<std::int32_t> ids(static_cast<std::size_t>(layers.front().q_HTE.size(1)), 0);
    recorder.begin_window(0, ids);
    for (const LayerInput& layer : layers) recorder.on_layer(layer);
}

ScoreSpectra of_head(const LayerInput& layer, std::int64_t head) {
    const at::Tensor q_HTE = layer.q_HTE.narrow(0, head, 1);
    return score_spectra(score_factors(q_HTE, layer.k_GTE.narrow(0, head / (kHeads / kKeyHeads), 1)).front(), kScale);
}

void expect_values(std::span<const float> got, const std::vector<double>& want) {
    ASSERT_EQ(got.size(), want.size());
    for (std::size_t n = 0; n < got.size(); ++n) EXPECT_FLOAT_EQ(got[n], static_cast<float>(want[n])) << n;
}

TEST(ActivationRecorder, HasTheAnalysedHeadsWithTheKeysOfTheirGroup) {
    ActivationRecorder recorder({{0, 2}, {1, 4}}, 12, kWidth);
    EXPECT_TRUE(recorder.looks_at(2));
    EXPECT_FALSE(recorder.looks_at(1));
    const std::vector<LayerInput> layers{layer_input(0, 12, 1), layer_input(1, 12, 2), layer_input(2, 12, 3)};
    feed(recorder, layers);
    recorder.commit();
    const ActivationSpectra table = recorder.table();
    EXPECT_EQ(table.windows, 1);
    EXPECT_EQ(table.capacity, 2 * kWidth);
    for (const std::int64_t row : {0, 1})
        for (const std::int64_t column : {0, 1}) {
            const ScoreSpectra want = of_head(layers[static_cast<std::size_t>(2 * row)], column == 0 ? 1 : 4);
            EXPECT_FLOAT_EQ(table.routing_fraction.at(row, column), static_cast<float>(want.routing_fraction));
            expect_values(table.skew.values.at(row, column), want.skew);
            expect_values(table.symmetric.values.at(row, column), want.symmetric);
            expect_values(table.centred.values.at(row, column), want.centred);
            for (const RankInfo& rank : rank_infos())
                EXPECT_FLOAT_EQ(table.symmetric.ranks.at(rank.id).at(row, column),
                                static_cast<float>(rank_of(ranks_of(want.symmetric), rank.id)));
        }
}

// Means of figures and of sorted values; those of a short window have zeros among them.
TEST(ActivationRecorder, IsTheMeanOverWindowsShortOnesAmongThem) {
    ActivationRecorder recorder({{0}, {3}}, 20, kWidth);
    const LayerInput first = layer_input(0, 20, 1), last = layer_input(0, 5, 2);
    feed(recorder, {first});
    recorder.commit();
    feed(recorder, {last});
    recorder.commit();
    const ScoreSpectra a = of_head(first, 3), b = of_head(last, 3);
    const ActivationSpectra table = recorder.table();
    EXPECT_EQ(table.windows, 2);
    EXPECT_FLOAT_EQ(table.routing_fraction.at(0, 0), static_cast<float>((a.routing_fraction + b.routing_fraction) / 2));
    const auto mean = [](const std::vector<double>& values, std::vector<double> more) {
        more.resize(values.size());
        std::sort(more.begin(), more.end(), std::greater<>());
        std::transform(more.begin(), more.end(), values.begin(), more.begin(),
                       [](double x, double y) { return (x + y) / 2; });
        return more;
    };
    EXPECT_LT(b.symmetric.back(), 0);
    expect_values(table.skew.values.at(0, 0), mean(a.skew, b.skew));
    expect_values(table.symmetric.values.at(0, 0), mean(a.symmetric, b.symmetric));
    EXPECT_FLOAT_EQ(table.skew.ranks.at("effective_rank").at(0, 0),
                    static_cast<float>((ranks_of(a.skew).effective_rank + ranks_of(b.skew).effective_rank) / 2));
}

TEST(ActivationRecorder, AWindowThatIsNotCommittedCountsNowhere) {
    ActivationRecorder recorder({{0, 1}, {0}}, 10, kWidth), spared({{0, 1}, {0}}, 10, kWidth);
    const std::vector<LayerInput> layers{layer_input(0, 10, 1), layer_input(1, 10, 2)};
    feed(recorder, {layer_input(0, 10, 7)});  // cancelled before its second layer
    feed(recorder, layers);
    recorder.commit();
    feed(recorder, {layer_input(0, 10, 8), layer_input(1, 10, 9)});  // cancelled after its last
    feed(spared, layers);
    spared.commit();
    const ActivationSpectra got = recorder.table(), want = spared.table();
    EXPECT_EQ(got.windows, 1);
    EXPECT_EQ(got.routing_fraction.values, want.routing_fraction.values);
    EXPECT_EQ(got.centred.values.values, want.centred.values.values);
}

TEST(ActivationRecorder, TakesLowPrecisionAndAnyLayoutOfRows) {
    ActivationRecorder recorder({{0}, {0, 1, 2, 3, 4, 5}}, 9, kWidth), plain({{0}, {0, 1, 2, 3, 4, 5}}, 9, kWidth);
    LayerInput input = layer_input(0, 9, 4);
    input.q_HTE = input.q_HTE.to(at::kBFloat16);
    input.k_GTE = input.k_GTE.to(at::kBFloat16);
    LayerInput same = input;
    same.q_HTE = input.q_HTE.to(at::kFloat);
    same.k_GTE = input.k_GTE.to(at::kFloat).transpose(0, 1).contiguous().transpose(0, 1);
    feed(recorder, {input});
    recorder.commit();
    feed(plain, {same});
    plain.commit();
    EXPECT_EQ(recorder.table().skew.values.values, plain.table().skew.values.values);
}

}  // namespace
}  // namespace gatescope
