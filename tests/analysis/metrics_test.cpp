#include "analysis/metrics/metrics.h"

#include <gtest/gtest.h>

#include <set>

namespace gatescope {
namespace {

const MetricInfo& metric(const std::string& id) {
    for (const MetricInfo& info : metric_infos())
        if (info.id == id) return info;
    throw std::out_of_range(id);
}

HeadGrid grid(float value) {
    return {1, 1, {value}};
}

TEST(Metrics, EveryOneSaysWhatItIs) {
    std::set<std::string> ids;
    for (const MetricInfo& info : metric_infos()) {
        SCOPED_TRACE(info.id);
        EXPECT_TRUE(ids.insert(info.id).second);
        EXPECT_FALSE(info.label.empty());
        EXPECT_EQ(info.help.back(), '.');
        EXPECT_TRUE(info.unit == "nats" || info.unit == "keys" || info.unit == "share" || info.unit == "tokens" ||
                    (info.of_spectra && info.unit.empty()));
        EXPECT_EQ(info.share, info.unit == "share");
    }
}

TEST(Metrics, ValuesAreWrittenInTheirUnitWithFixedDigits) {
    EXPECT_EQ(format_metric(metric("sink_mass"), 0.98249f), "98.2 %");
    EXPECT_EQ(format_metric(metric("entropy"), 2.314f), "2.31 nats");
    EXPECT_EQ(format_metric(metric("support_90"), 21.44f), "21.4 keys");
    EXPECT_EQ(format_metric(metric("mean_distance"), 101.0f), "101.0 tokens");
    EXPECT_EQ(format_metric(metric("f1"), kNaN), "–");
}

TEST(Metrics, AFigureWithKTakesTheNearestStoredOneAtOrAbove) {
    RunResult run;
    run.concentration.emplace();
    run.concentration->k = {1, 2, 4};
    run.concentration->mass_at_k = {grid(0.1f), grid(0.2f), grid(0.4f)};
    const auto mass = [&](std::int32_t k) { return metric_grid(run, metric("mass_at_k"), k)->at(0, 0); };
    EXPECT_EQ(mass(1), 0.1f);
    EXPECT_EQ(mass(3), 0.4f);
    EXPECT_EQ(mass(64), 0.4f);
    EXPECT_EQ(metric_grid(run, metric("mass_at_k_full"), 1), nullptr);
}

TEST(Metrics, AFigureThatTheRunLacksIsNoGrid) {
    RunResult run;
    EXPECT_EQ(metric_grid(run, metric("entropy"), 0), nullptr);
    run.concentration.emplace();
    run.concentration->figures["entropy"] = grid(1);
    EXPECT_NE(metric_grid(run, metric("entropy"), 0), nullptr);
    EXPECT_EQ(metric_grid(run, metric("induction_score"), 0), nullptr);
    EXPECT_EQ(metric_grid(run, metric("f1"), 0), nullptr);
    run.gates.resize(1);
    run.gates[0].agreement["f1"] = grid(0.5f);
    EXPECT_EQ(metric_grid(run, metric("f1"), 0)->at(0, 0), 0.5f);
    EXPECT_EQ(metric_grid(run, metric("f1"), 0, 1), nullptr);
}

TEST(Metrics, CostsComeFromTheSensitivityMapForTheAnalysedLayersAndHeads) {
    auto map = std::make_shared<SensitivityResult>();
    map->request.budgets = {8, 16};
    map->n_layers = 3;
    map->n_heads = 2;
    for (int point = 0; point < 6; ++point) map->layer_cost.push_back({0.1 * point, 0});
    RunResult run;
    run.model = std::make_shared<ModelSummary>();
    EXPECT_EQ(metric_grid(run, metric("layer_cost"), 8), nullptr);
    run.sensitivity = map;
    EXPECT_EQ(metric_grid(run, metric("head_cost"), 8), nullptr);
    run.request.layers = IndexSet({1, 2});
    const auto costs = metric_grid(run, metric("layer_cost"), 9);
    EXPECT_EQ(costs->n_layers, 2);
    EXPECT_EQ(costs->values, (std::vector<float>{0.4f, 0.4f, 0.5f, 0.5f}));
    EXPECT_EQ(metric_grid(run, metric("layer_cost"), 1000)->at(0, 0), 0.4f);
    EXPECT_EQ(format_metric(metric("layer_cost"), 0.00123f), "0.0012 nats");
    for (int point = 0; point < 6; ++point) map->head_cost.push_back({0.01 * point, 0});
    EXPECT_EQ(metric_grid(run, metric("head_cost"), 8)->at(1, 1), 0.05f);
}

TEST(Metrics, AFigureOfSpectraIsFoundByItsPath) {
    auto spectra = std::make_shared<Spectra>();
    spectra->folded.emplace();
    spectra->folded->skew.ranks["effective_rank"] = grid(7);
    spectra->folded->figures["skew_fraction"] = grid(0.25f);
    RunResult run;
    run.spectra = spectra;
    EXPECT_EQ(metric_grid(run, metric("weights/folded/skew/effective_rank"), 0)->at(0, 0), 7);
    EXPECT_EQ(metric_grid(run, metric("weights/folded/skew_fraction"), 0)->at(0, 0), 0.25f);
    EXPECT_EQ(metric_grid(run, metric("weights/raw/skew_fraction"), 0), nullptr);
    EXPECT_EQ(metric_grid(run, metric("activations/routing_fraction"), 0), nullptr);
    EXPECT_EQ(metric_grid(run, metric("cosines/attended"), 0), nullptr);
}

}  // namespace
}  // namespace gatescope
