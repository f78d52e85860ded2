// The vocabulary and a window on a head's components, against what is worked out number by number.
#include "analysis/spectra/components.h"

#include <ATen/TensorOperators.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "analysis/spectra/component_pairs.h"
#include "model/core/error.h"
#include "model/kernels/input_norm.h"
#include "model/transformer/weight_reader.h"
#include "tests/analysis/measurement_fixture.h"
#include "tests/model/transformer/family_checkpoints.h"
#include "tests/model/transformer/tensors.h"

namespace gatescope {
namespace {

using namespace testing_support;
using Row = std::vector<double>;

// The numbers of a checkpoint's tensor; none where the model has no such tensor.
Row read_all(const CheckpointReader& checkpoint, const ModelConfig& config, Weight weight, std::int64_t layer = -1) {
    for (const BoundTensor& tensor : bind_tensors(checkpoint, config)) {
        if (tensor.canonical.weight != weight || tensor.canonical.layer != layer) continue;
        const at::Tensor values = at::empty(tensor.canonical.shape, at::kFloat);
        WeightReader(checkpoint, config).read(tensor, values);
        return {values.const_data_ptr<float>(), values.const_data_ptr<float>() + values.numel()};
    }
    return {};
}

double mean_of(const Row& x) {
    return std::accumulate(x.begin(), x.end(), 0.0) / static_cast<double>(x.size());
}

void norm_in_place(Row& x, const ModelConfig& config, const Row& gain, const Row& bias) {
    if (gain.empty()) return;
    const double mean = config.norm == NormKind::kLayer ? mean_of(x) : 0.0;
    double square = 0;
    for (double& value : x) {
        value -= mean;
        square += value * value;
    }
    const double factor = 1 / std::sqrt(square / static_cast<double>(x.size()) + config.norm_epsilon);
    for (std::size_t d = 0; d < x.size(); ++d) x[d] = x[d] * factor * gain[d] + (bias.empty() ? 0 : bias[d]);
}

// Every id's embedding as the layer would see it.
std::vector<Row> vocabulary(const CheckpointReader& checkpoint, const ModelConfig& config, std::int64_t layer) {
    const Row all = read_all(checkpoint, config, Weight::kEmbedding);
    const Row types = read_all(checkpoint, config, Weight::kTokenTypeEmbedding);
    const bool bert = config.norm_place == NormPlace::kAfterResidual;
    const Weight gain = bert ? Weight::kMlpPostNorm : Weight::kAttentionNorm;
    const Weight bias = bert ? Weight::kMlpPostNormBias : Weight::kAttentionNormBias;
    const Row embedding_gain = read_all(checkpoint, config, Weight::kEmbeddingNorm);
    const Row embedding_bias = read_all(checkpoint, config, Weight::kEmbeddingNormBias);
    const Row layer_gain = read_all(checkpoint, config, gain, bert ? layer - 1 : layer);
    const Row layer_bias = read_all(checkpoint, config, bias, bert ? layer - 1 : layer);
    std::vector<Row> out;
    for (auto row = all.begin(); row != all.end(); row += config.d_model) {
        Row x(row, row + config.d_model);
        for (std::size_t d = 0; d < x.size(); ++d)
            x[d] = x[d] * config.embedding_scale + (types.empty() ? 0 : types[d]);
        norm_in_place(x, config, embedding_gain, embedding_bias);
        if (!bert || layer > 0) norm_in_place(x, config, layer_gain, layer_bias);
        out.push_back(std::move(x));
    }
    return out;
}

double loading(const Row& x, const std::vector<float>& direction) {
    double out = 0;
    for (std::size_t d = 0; d < x.size(); ++d) out += x[d] * static_cast<double>(direction[d]);
    return out;
}

// The side lists the ids that load most, descending, with their loadings.
void expect_side(const ComponentSide& side, const std::vector<Row>& rows, const std::vector<float>& direction,
                 double sign, std::size_t count) {
    ASSERT_EQ(side.size(), std::min(count, rows.size()));
    std::vector<double> loadings;
    for (const Row& row : rows) loadings.push_back(sign * loading(row, direction));
    const double tolerance =
        1e-4 * std::abs(*std::max_element(loadings.begin(), loadings.end(),
                                          [](double a, double b) { return std::abs(a) < std::abs(b); }));
    for (const LoadedToken& token : side)
        EXPECT_NEAR(token.loading, loadings[static_cast<std::size_t>(token.id)], tolerance) << token.id;
    std::sort(loadings.rbegin(), loadings.rend());
    for (std::size_t n = 0; n < side.size(); ++n) EXPECT_NEAR(side[n].loading, loadings[n], tolerance) << n;
}

class EveryFamily : public testing::TestWithParam<std::string> {};

TEST_P(EveryFamily, ListsTheTokensThatLoadMostOfTheWholeVocabulary) {
    const auto checkpoint = open_family_checkpoint(GetParam());
    const ModelConfig config = read_config(*checkpoint);
    JobContext job;
    for (const std::int64_t layer : {std::int64_t{0}, config.n_layers - 1}) {
        const ComponentsRequest request{.layer = layer, .head = config.n_heads - 1, .count = 2, .tokens = 5};
        const auto head = head_components(*checkpoint, config, nullptr, request, job);
        const std::vector<Row> rows = vocabulary(*checkpoint, config, layer);
        ASSERT_FALSE(head->planes.empty());
        ASSERT_FALSE(head->axes.empty());
        for (const HeadComponent& plane : head->planes)
            for (std::size_t side = 0; side < 4; ++side)
                expect_side(plane.sides.at(side), rows, plane.directions.at(side % 2), side < 2 ? 1 : -1, 5);
        for (const HeadComponent& axis : head->axes)
            for (std::size_t side = 0; side < 2; ++side)
                expect_side(axis.sides.at(side), rows, axis.directions.at(0), side == 0 ? 1 : -1, 5);
    }
}

TEST_P(EveryFamily, ProjectsAWindowAsTheLayerSeesIt) {
    struct Inputs : Observer {
        void on_layer(const LayerInput& input) override {
            if (input.layer == wanted) x_TD = input.x_TD.clone();
        }
        std::int64_t wanted = 0;
        at::Tensor x_TD;
    } seen;
    const std::shared_ptr<const CheckpointReader> checkpoint = open_family_checkpoint(GetParam());
    JobContext job;
    const auto model = load_transformer(checkpoint, {"cpu", DataType::kFloat32}, job);
    seen.wanted = model->config().n_layers - 1;
    const std::vector<std::int32_t> ids = {3, 1, 4, 1, 5, 9, 2, 6};
    (void)model->forward({.ids = ids, .observers = {&seen}}, job);
    auto head = head_components(*checkpoint, model->config(), nullptr, {.layer = seen.wanted, .count = 2}, job);
    head = with_window(*head, *checkpoint, *model, 7, ids, job);
    EXPECT_EQ(head->request.window, 7);
    EXPECT_EQ(head->ids, ids);
    for (const auto* part : {&head->planes, &head->axes})
        for (const HeadComponent& component : *part) {
            ASSERT_EQ(component.tokens.size(), ids.size());
            for (std::size_t t = 0; t < ids.size(); ++t)
                for (std::size_t n = 0; n < component.directions.size(); ++n) {
                    const auto row = seen.x_TD[static_cast<std::int64_t>(t)].contiguous();
                    const Row x(row.const_data_ptr<float>(), row.const_data_ptr<float>() + row.numel());
                    EXPECT_NEAR(component.tokens[t][n], loading(x, component.directions[n]), 1e-3);
                }
        }
}

INSTANTIATE_TEST_SUITE_P(Components, EveryFamily, testing::ValuesIn(family_checkpoints()),
                         [](const auto& name) { return name.param; });

// Of the tiny llama: two heads share keys, positions rotate, no biases.
struct Head : TinyWorld {
    using TinyWorld::TinyWorld;
    std::shared_ptr<const HeadComponents> components(const ComponentsRequest& request) {
        return head_components(*reader, model->config(), nullptr, request, job);
    }
    const std::vector<std::int32_t>& ids() const { return text->windows[0]; }
};

TEST(Components, ContributionsAddUpToTheScoresThatAttentionMakes) {
    struct Scores : Observer {
        void on_layer(const LayerInput& input) override {
            if (input.layer == 1) scores_TT = (input.q_HTE[3].matmul(input.k_GTE[1].t()) * input.scale).clone();
        }
        at::Tensor scores_TT;
    } seen;
    Head head;
    (void)head.model->forward({.ids = head.ids(), .observers = {&seen}}, head.job);
    for (const std::int64_t delta : {0, 3}) {
        auto all = head.components({.layer = 1, .head = 3, .delta = delta, .count = kMostComponents});
        all = with_window(*all, *head.reader, *head.model, 0, head.ids(), head.job);
        for (std::size_t query = static_cast<std::size_t>(delta); query < head.ids().size(); ++query) {
            const std::size_t key = query - static_cast<std::size_t>(delta);
            float sum = 0;
            for (const auto* part : {&all->planes, &all->axes})
                for (const HeadComponent& component : *part) sum += contribution(component, query, key);
            const auto expected = seen.scores_TT[static_cast<std::int64_t>(query)][static_cast<std::int64_t>(key)];
            EXPECT_NEAR(sum, expected.item<float>(), 2e-5 * (1 + std::abs(expected.item<float>())));
        }
    }
}

TEST(Components, SharesOfAllAddUpToOneAndTheSkewFractionIsTheRotationsPart) {
    Head head;
    const auto all = head.components({.layer = 0, .head = 1, .count = kMostComponents});
    double skew = 0, symmetric = 0, planes = 0, axes = 0;
    for (const HeadComponent& plane : all->planes) {
        planes += static_cast<double>(plane.share);
        skew += 2.0 * static_cast<double>(plane.value) * static_cast<double>(plane.value);
    }
    for (const HeadComponent& axis : all->axes) {
        axes += static_cast<double>(axis.share);
        symmetric += static_cast<double>(axis.value) * static_cast<double>(axis.value);
    }
    EXPECT_NEAR(planes, 1, 1e-5);
    EXPECT_NEAR(axes, 1, 1e-5);
    EXPECT_NEAR(all->skew_fraction, skew / (skew + symmetric), 1e-5);
    EXPECT_TRUE(std::is_sorted(all->planes.begin(), all->planes.end(),
                               [](const auto& a, const auto& b) { return a.value > b.value; }));
    EXPECT_TRUE(std::is_sorted(all->axes.begin(), all->axes.end(),
                               [](const auto& a, const auto& b) { return std::abs(a.value) > std::abs(b.value); }));
}

TEST(Components, AQueryOnOneSideAttendsToTheNext) {
    Head head;
    const auto some = head.components({.layer = 1, .head = 2, .count = 1});
    HeadComponent plane = some->planes.at(0);
    plane.tokens = {{1, 0}, {0, 1}, {-1, 0}, {0, -1}};
    for (std::size_t side = 0; side < 4; ++side) {
        EXPECT_FLOAT_EQ(contribution(plane, side, (side + 1) % 4), plane.value);
        EXPECT_FLOAT_EQ(contribution(plane, (side + 1) % 4, side), -plane.value);
        EXPECT_FLOAT_EQ(contribution(plane, side, side), 0);
        EXPECT_FLOAT_EQ(contribution(plane, side, (side + 2) % 4), 0);
    }
    EXPECT_GT(plane.value, 0);
}

TEST(Components, UIsWhereTheVocabularyVariesMostAndPointsToItsLargestLoading) {
    Head head;
    const auto some = head.components({.layer = 1, .head = 0, .count = 4, .tokens = 50});
    const std::vector<Row> rows = vocabulary(*head.reader, head.model->config(), 1);
    for (const HeadComponent& plane : some->planes) {
        Row a, b;
        for (const Row& row : rows) {
            a.push_back(loading(row, plane.directions[0]));
            b.push_back(loading(row, plane.directions[1]));
        }
        const double mean_a = mean_of(a), mean_b = mean_of(b);
        double aa = 0, ab = 0, bb = 0;
        for (std::size_t n = 0; n < a.size(); ++n) {
            aa += (a[n] - mean_a) * (a[n] - mean_a);
            ab += (a[n] - mean_a) * (b[n] - mean_b);
            bb += (b[n] - mean_b) * (b[n] - mean_b);
        }
        EXPECT_GT(aa, bb);
        EXPECT_NEAR(ab / aa, 0, 1e-4);
        EXPECT_GE(plane.sides[0].front().loading, plane.sides[2].front().loading);
    }
    for (const HeadComponent& axis : some->axes)
        EXPECT_GE(axis.sides[0].front().loading, axis.sides[1].front().loading);
}

TEST(Components, TheSameHeadComesOutTheSameAgain) {
    Head head;
    const auto one = head.components({.layer = 2, .head = 1}), other = head.components({.layer = 2, .head = 1});
    ASSERT_EQ(one->planes.size(), other->planes.size());
    for (std::size_t n = 0; n < one->planes.size(); ++n)
        EXPECT_EQ(one->planes[n].directions, other->planes[n].directions);
    EXPECT_NE(one->id, other->id);
}

TEST(Components, WithoutATokenizerPiecesAreTheIds) {
    Head head;
    const auto some = head.components({.count = 1, .tokens = 3});
    for (const LoadedToken& token : some->planes.at(0).sides.at(0)) EXPECT_EQ(token.piece, std::to_string(token.id));
}

TEST(Components, WhatTheModelLacksIsRefusedInOneLine) {
    Head head;
    const auto complaint = [&](const ComponentsRequest& request) -> std::string {
        try {
            (void)head.components(request);
        } catch (const Failure& failure) {
            return failure.what();
        }
        return "";
    };
    EXPECT_EQ(complaint({.layer = 3}), "there is no layer 3; the model has 0-2");
    EXPECT_EQ(complaint({.head = -1}), "there is no head -1; the model has 0-3");
    EXPECT_EQ(complaint({.count = 0}), "0 components are not allowed; 1 to 32 are");
    EXPECT_EQ(complaint({.tokens = 1001}), "1001 tokens a side are not allowed; 1 to 1000 are");
    const auto gpt2 = open_family_checkpoint("gpt2");
    EXPECT_THROW(head_components(*gpt2, read_config(*gpt2), nullptr, {.delta = 1}, head.job), Failure);
}

TEST(Components, EmbeddingsThatAreTooLargeToBePutInOrderAreRefused) {
    for (const char* family : {"llama_base", "olmo2"}) {
        const auto checkpoint = open_family_checkpoint(family);
        ModelConfig config = read_config(*checkpoint);
        config.embedding_scale = 1e39;
        JobContext job;
        EXPECT_THROW(head_components(*checkpoint, config, nullptr, {}, job), Failure) << family;
    }
}

TEST(Components, TokensThatAreTooLargeToBePlacedAreRefused) {
    Head head;
    auto some = std::make_shared<HeadComponents>(*head.components({.layer = 1, .count = 1}));
    for (float& channel : some->planes.at(0).directions.at(0)) channel = 3e38F;
    EXPECT_THROW(with_window(*some, *head.reader, *head.model, 0, head.ids(), head.job), Failure);
}

TinyLlama many_ids() {
    TinyLlama shape;
    shape.d_vocab = 9001;  // more than go by in two slices
    shape.d_model = 16;
    return shape;
}

TEST(Components, ALargeVocabularyGoesByInSlices) {
    Head head(many_ids());
    const auto some = head.components({.layer = 1, .count = 1, .tokens = 200});
    const std::vector<Row> rows = vocabulary(*head.reader, head.model->config(), 1);
    const HeadComponent& plane = some->planes.at(0);
    for (std::size_t side = 0; side < 4; ++side)
        expect_side(plane.sides.at(side), rows, plane.directions.at(side % 2), side < 2 ? 1 : -1, 200);
}

TEST(Components, StopInTheMidstOfTheVocabulary) {
    Head head(many_ids());
    head.job.set_tick_service([&] {
        if (head.job.progress().done > 0) head.job.cancel();
    });
    EXPECT_THROW(head.components({.layer = 1}), Cancelled);
    EXPECT_LT(head.job.progress().done, 9001);
}

TEST(Components, StopWhenTheyAreToldTo) {
    Head head;
    const auto some = head.components({.count = 1});
    head.job.cancel();
    EXPECT_THROW(head.components({.count = 1}), Cancelled);
    auto deep = std::make_shared<HeadComponents>(*some);
    deep->request.layer = 2;
    EXPECT_THROW(with_window(*deep, *head.reader, *head.model, 0, head.ids(), head.job), Cancelled);
}

TEST(ComponentPairs, AreTheWindowsLargestContributionsEachPairOfIdsOnce) {
    HeadComponent plane;
    plane.value = 2;
    plane.tokens = {{1, 0}, {0, 1}, {-1, 0}, {1, 0}, {0, 3}, {0, 1}};
    const std::vector<std::int32_t> ids = {10, 20, 30, 10, 40, 20};
    const auto all = strongest_pairs(plane, ids, false, 3);
    ASSERT_EQ(all.size(), 3U);
    EXPECT_EQ(all[0].query_id, 10);  // +u to the key far out on +v
    EXPECT_EQ(all[0].key_id, 40);
    EXPECT_EQ(all[0].query, 0);
    EXPECT_FLOAT_EQ(all[0].contribution, 6);
    EXPECT_EQ(all[1].query_id, 40);  // +v to -u
    EXPECT_EQ(all[1].key_id, 30);
    EXPECT_EQ(all[2].query_id, 10);  // each pair of ids once, at its first place
    EXPECT_EQ(all[2].key_id, 20);
    EXPECT_EQ(all[2].key, 1);
    const auto causal = strongest_pairs(plane, ids, true, 2);
    ASSERT_EQ(causal.size(), 2U);
    EXPECT_EQ(causal[0].query, 4);  // keys behind the query alone
    EXPECT_EQ(causal[0].key, 2);
    for (const ComponentPair& pair : causal) EXPECT_LE(pair.key, pair.query);
}

TEST(ComponentPairs, OfManyAreThoseOfAFullSort) {
    std::mt19937 random(5);
    std::uniform_real_distribution<float> place(-1, 1);
    HeadComponent axis;
    axis.routing = false;
    axis.value = -1.5F;
    std::vector<std::int32_t> ids;
    for (std::int32_t t = 0; t < 60; ++t) {
        axis.tokens.push_back({place(random), 0});
        ids.push_back(t);
    }
    std::vector<float> expected;
    for (std::size_t query = 0; query < 60; ++query)
        for (std::size_t key = 0; key <= query; ++key) expected.push_back(contribution(axis, query, key));
    std::sort(expected.rbegin(), expected.rend());
    const auto pairs = strongest_pairs(axis, ids, true, 25);
    ASSERT_EQ(pairs.size(), 25U);
    for (std::size_t n = 0; n < pairs.size(); ++n) EXPECT_EQ(pairs[n].contribution, expected[n]);
}

}  // namespace
}  // namespace gatescope
