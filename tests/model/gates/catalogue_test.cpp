// Gates of the catalogue against their formulas, written out in loops or in float64. Shapes: H head, T token, E d_head,
// D d_model, C gate_dim.
#include <ATen/TensorOperators.h>
#include <ATen/ops/allclose.h>
#include <ATen/ops/elu.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/linalg_svd.h>
#include <ATen/ops/log_sigmoid.h>
#include <ATen/ops/maximum.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

#include <cmath>

#include "model/gates/block_sets.h"
#include "model/gates/indexer.h"
#include "model/gates/layer_scores.h"
#include "model/gates/projection_draw.h"
#include "model/gates/random_bilinear.h"
#include "tests/model/gates/gate_fixture.h"
#include "tests/support/gate_file_bytes.h"
#include "tests/support/temporary_folder.h"

namespace gatescope {
namespace {

using testing_support::gated_block;
using testing_support::gated_pattern;
using testing_support::kept_keys;
using testing_support::Layer;

// Score of the keys of a block that query `i` may use.
using ScoreKeys = double (*)(const at::Tensor& q_E, const at::Tensor& keys_KE);

double upper_bound(const at::Tensor& q_E, const at::Tensor& keys_KE) {
    return at::maximum(q_E * keys_KE.amin(0), q_E * keys_KE.amax(0)).sum().item<double>();
}
double mean_score(const at::Tensor& q_E, const at::Tensor& keys_KE) {
    return (q_E * keys_KE.mean(0)).sum().item<double>();
}

// The set of one query by the words of the definition.
std::vector<bool> blocks_by_hand(const Layer& layer, ScoreKeys score, std::int64_t width, std::size_t n_blocks,
                                 std::int64_t head, std::int64_t query) {
    const LayerInput input = layer.input();
    const std::int64_t begin = input.reach.begin(query), own = query / width;
    std::vector<std::pair<double, std::int64_t>> others;
    for (std::int64_t block = begin / width; block < own; ++block) {
        const at::Tensor keys =
            input.k_GTE.select(0, head / 2).slice(0, std::max(begin, block * width), (block + 1) * width);
        others.emplace_back(-score(input.q_HTE[head][query].to(at::kDouble), keys.to(at::kDouble)), block);
    }
    std::sort(others.begin(), others.end());
    others.resize(std::min(others.size(), n_blocks - 1));
    others.emplace_back(0.0, own);
    std::vector<bool> keep(static_cast<std::size_t>(layer.tokens), false);
    const bool few = query + 1 - begin <= width * static_cast<std::int64_t>(n_blocks);
    for (std::int64_t key = begin; key <= query; ++key)
        for (const auto& [minus_score, block] : others)
            if (few || key / width == block) keep[static_cast<std::size_t>(key)] = true;
    return keep;
}

void expect_blocks(const std::string& gate, ScoreKeys score) {
    for (const std::int64_t sliding_window : {0, 13}) {
        const Layer layer{.tokens = 41, .sliding_window = sliding_window};
        const at::Tensor kept = kept_keys(gate + ":b=4,n=2", layer);
        for (std::int64_t head = 0; head < 4; ++head)
            for (std::int64_t query = 0; query < 41; ++query) {
                const std::vector<bool> wanted = blocks_by_hand(layer, score, 4, 2, head, query);
                for (std::int64_t key = 0; key < 41; ++key)
                    ASSERT_EQ(kept[head][query][key].item<bool>(), wanted[static_cast<std::size_t>(key)])
                        << gate << " window " << sliding_window << ": " << head << " " << query << " " << key;
            }
    }
}

TEST(BlockGate, KeepsTheBlocksWithTheHighestUpperBound) {
    expect_blocks("block", upper_bound);
}

TEST(BlockMeanGate, KeepsTheBlocksWithTheBestMeanKey) {
    expect_blocks("block-mean", mean_score);
}

TEST(BlockGates, BreakTiesTowardsTheLowerBlock) {
    const BlockRules rules{.query_begin = 17, .reach = {}, .keys_per_block = 4, .blocks = 3, .n_keys = 18};
    const at::Tensor equal_1QB = at::zeros({1, 1, 4}, at::kFloat);
    for (const at::Tensor& keep : {keys_of_blocks(equal_1QB, rules), keys_of_blocks_aten(equal_1QB, rules)}) {
        EXPECT_TRUE(keep[0][0].slice(0, 0, 8).all().item<bool>());
        EXPECT_FALSE(keep[0][0].slice(0, 8, 16).any().item<bool>());
        EXPECT_TRUE(keep[0][0].slice(0, 16, 18).all().item<bool>());
    }
}

TEST(BlockGates, ChooseTheSameOnEveryDevice) {
    for (const std::int64_t sliding_window : {0, 21}) {
        const BlockRules rules{.query_begin = 40,
                               .reach = {.causal = true, .sliding_window = sliding_window},
                               .keys_per_block = 4,
                               .blocks = 3,
                               .n_keys = 60};
        const at::Tensor scores = at::randn({3, 20, 15}, at::detail::createCPUGenerator(7), at::kFloat);
        EXPECT_TRUE(at::equal(keys_of_blocks(scores, rules), keys_of_blocks_aten(scores, rules)));
    }
}

TEST(BlockGates, AddForcedKeysToTheirBlocks) {
    const Layer layer{.tokens = 40};
    const at::Tensor plain = kept_keys("block:b=4,n=3", layer),
                     forced = kept_keys("block:b=4,n=3,sinks=2,local=6", layer);
    const at::Tensor position = at::arange(40);
    const at::Tensor distance = position.unsqueeze(1) - position.unsqueeze(0);
    const at::Tensor always = position.lt(2).unsqueeze(0).logical_or(distance.lt(6)).logical_and(distance.ge(0));
    EXPECT_TRUE(at::equal(forced, plain.logical_or(always)));
}

TEST(HeavyGate, KeepsTheKeysThatReceivedMostFromEarlierQueries) {
    const Layer layer{.tokens = 40};
    const at::Tensor pattern = at::softmax(layer.scores(layer.input()).to(at::kDouble), -1);
    const at::Tensor kept = kept_keys("heavy:k=6", layer);
    for (std::int64_t query = 6; query < 40; ++query)
        for (std::int64_t head = 0; head < 4; ++head) {
            const at::Tensor received = pattern[head].slice(0, 0, query).sum(0).slice(0, 0, query);
            const at::Tensor best = std::get<1>(received.topk(5));
            EXPECT_TRUE(kept[head][query].index_select(0, best).all().item<bool>()) << head << " " << query;
            EXPECT_TRUE(kept[head][query][query].item<bool>());
        }
}

TEST(HeavyGate, KeepsTheSameOfABlockAlone) {
    const Layer layer{.tokens = 40};
    const LayerInput input = layer.input();
    const at::Tensor scores = layer.scores(input), all = kept_keys("heavy:k=6", layer);
    GateRun run(parse_gate("heavy:k=6"));
    run.prepare(input, {.window = 0, .nominal_window = 40, .step = 0, .ids = {}});
    for (const std::int64_t begin : {30, 10, 20}) {
        const GatedBlock block =
            run.apply({begin, begin + 10, scores.slice(1, begin, begin + 10).slice(2, 0, begin + 10), 0});
        EXPECT_TRUE(at::equal(block.keep_HQK, all.slice(1, begin, begin + 10).slice(2, 0, begin + 10)));
    }
}

TEST(RandomGate, DrawsNormalNumbersOfVarianceOneOverD) {
    const BilinearArrays arrays = random_arrays(3, {1, 4, 400, 50});
    const at::Tensor scaled = arrays.query_HDC.to(at::kDouble) * 20.0;
    EXPECT_NEAR(scaled.mean().item<double>(), 0, 0.01);
    EXPECT_NEAR(scaled.square().mean().item<double>(), 1, 0.02);
    EXPECT_NEAR(scaled.pow(4).mean().item<double>(), 3, 0.1);
    EXPECT_NEAR(scaled.abs().le(1.0).to(at::kDouble).mean().item<double>(), 0.6827, 0.01);
    EXPECT_NEAR((arrays.query_HDC * arrays.key_HDC).mean().item<double>() * 400, 0, 0.02);
    EXPECT_NEAR((scaled[0] * scaled[1]).mean().item<double>(), 0, 0.03);
    EXPECT_FALSE(at::equal(random_arrays(3, {2, 4, 400, 50}).query_HDC, arrays.query_HDC));
}

at::Tensor scores_by_definition(const LayerInput& layer, const BilinearArrays& arrays, double base) {
    const auto turned = [&](const at::Tensor& x_HTC) {
        at::Tensor out = x_HTC.clone();
        for (std::int64_t t = 0; t < x_HTC.size(1) && base > 0; ++t)
            for (std::int64_t r = 0; r < x_HTC.size(2) / 2; ++r) {
                const std::int64_t pair = r + x_HTC.size(2) / 2;
                const double angle = static_cast<double>(t) *
                                     std::pow(base, -2.0 * static_cast<double>(r) / static_cast<double>(x_HTC.size(2)));
                const at::Tensor first = x_HTC.select(1, t).select(1, r), second = x_HTC.select(1, t).select(1, pair);
                out.select(1, t).select(1, r).copy_(first * std::cos(angle) - second * std::sin(angle));
                out.select(1, t).select(1, pair).copy_(second * std::cos(angle) + first * std::sin(angle));
            }
        return out;
    };
    const at::Tensor x = layer.x_TD.to(at::kDouble);
    const at::Tensor query = turned(at::matmul(x, arrays.query_HDC.to(at::kDouble)));
    const at::Tensor key = turned(at::matmul(x, arrays.key_HDC.to(at::kDouble)));
    return at::matmul(query, key.transpose(1, 2)) / std::sqrt(static_cast<double>(query.size(2)));
}

TEST(SoftRandomGate, AddsTheLogarithmOfTheGate) {
    const Layer layer{.tokens = 20};
    const LayerInput input = layer.input();
    const at::Tensor before = layer.scores(input);
    for (const bool rope : {false, true}) {
        const at::Tensor gate =
            scores_by_definition(input, random_arrays(4, {input.layer, 4, 16, 6}), rope ? input.rope_base : 0.0)
                .to(at::kFloat);
        const GatedBlock block =
            gated_block(rope ? "soft-random:gate_dim=6,seed=4,rope=1" : "soft-random:gate_dim=6,seed=4", layer);
        EXPECT_FALSE(block.keep_HQK.defined());
        EXPECT_TRUE(at::allclose(block.scores_HQK, before + at::log_sigmoid(gate), 1e-4, 1e-4));
    }
}

TEST(RandomGate, KeepsWhatItsGateRanksHighest) {
    const Layer layer{.tokens = 30};
    const LayerInput input = layer.input();
    const at::Tensor gate = scores_by_definition(input, random_arrays(4, {input.layer, 4, 16, 6}), 0);
    const at::Tensor kept = kept_keys("random:k=5,gate_dim=6,seed=4", layer)[2][29];
    EXPECT_EQ(kept.sum().item<std::int64_t>(), 5);
    EXPECT_TRUE(kept.index_select(0, std::get<1>(gate[2][29].topk(5))).all().item<bool>());
}

TEST(LinearGate, IsNormalisedProductsOfFeatures) {
    const Layer layer{.tokens = 20};
    const LayerInput input = layer.input();
    const at::Tensor keys = at::elu(input.k_GTE.repeat_interleave(2, 0)) + 1.0, queries = at::elu(input.q_HTE) + 1.0;
    const at::Tensor products = at::matmul(queries, keys.transpose(1, 2)) * layer.allowed();
    EXPECT_TRUE(at::allclose(gated_pattern("linear", layer), products / products.sum(-1, true), 1e-4, 1e-6));
}

TEST(ScoreParts, AddUpToTheScoresAndAreSkewAndSymmetric) {
    const Layer layer{.tokens = 20};
    const LayerInput input = layer.input();
    const at::Tensor all = at::matmul(input.q_HTE, input.k_GTE.repeat_interleave(2, 0).transpose(1, 2)) * input.scale;
    const at::Tensor allowed = layer.allowed();
    const auto used = [&](const char* gate) {
        return gated_block(gate, layer).scores_HQK.masked_fill(allowed.logical_not(), 0.0);
    };
    const at::Tensor skew = (all - all.transpose(1, 2)) / 2, symmetric = (all + all.transpose(1, 2)) / 2;
    EXPECT_TRUE(at::allclose(used("routing-only"), skew * allowed, 1e-4, 1e-5));
    EXPECT_TRUE(at::allclose(used("filtering-only"), symmetric * allowed, 1e-4, 1e-5));
}

TEST(AblateZero, MakesTheOutputOfItsHeadsZero) {
    const GatedBlock block = gated_block("ablate-zero@1/1-2", Layer{.tokens = 12});
    EXPECT_EQ(block.own_output, (std::vector<bool>{false, true, true, false}));
    EXPECT_TRUE(block.z_HQE.slice(0, 1, 3).eq(0).all().item<bool>());
    EXPECT_EQ(block.z_HQE.size(2), 8);
}

TEST(KernelRank, IsTheBestApproximationOfItsRank) {
    const Layer layer{.tokens = 12};
    const LayerInput input = layer.input();
    const QueriesAndKeys weights = layer.kernel->weights();
    const at::Tensor x = input.x_TD.to(at::kDouble);
    for (const std::int64_t rank : {1, 3, 8, 50}) {
        const at::Tensor used = gated_block("kernel-rank:r=" + std::to_string(rank), layer).scores_HQK;
        for (std::int64_t head = 0; head < 4; ++head) {
            const at::Tensor kernel_DD = at::matmul(weights.q_HTE[head].t(), weights.k_GTE[head / 2]).to(at::kDouble);
            const auto [left, values, right] = at::linalg_svd(kernel_DD);
            const std::int64_t kept = std::min<std::int64_t>(rank, 8);
            const at::Tensor best =
                at::matmul(left.narrow(1, 0, kept) * values.narrow(0, 0, kept), right.narrow(0, 0, kept));
            const at::Tensor scores = at::matmul(at::matmul(x, best), x.t()) * input.scale;
            const at::Tensor differs =
                (used[head].to(at::kDouble) - scores).masked_fill(layer.allowed().logical_not(), 0.0);
            EXPECT_LT(differs.abs().max().item<double>(), 3e-3) << "rank " << rank << " head " << head;
        }
    }
}

TEST(KernelRandom, ProjectsQueriesAndKeysOntoOneSubspace) {
    const Layer layer{.tokens = 12};
    const LayerInput input = layer.input();
    const QueriesAndKeys plain = layer.kernel->project(input.x_TD);
    const at::Tensor whole = at::matmul(plain.q_HTE, plain.k_GTE.repeat_interleave(2, 0).transpose(1, 2)) * input.scale;
    const at::Tensor all = gated_block("kernel-random:r=8", layer).scores_HQK;
    EXPECT_TRUE(at::allclose(all.masked_fill(all.isinf(), 0.0), whole * layer.allowed(), 1e-3, 1e-3));
    const Layer square{.tokens = 30};
    const LayerInput one = square.input();
    GateRun run(parse_gate("kernel-random:r=3"));
    run.prepare(one, {.window = 0, .nominal_window = 30, .step = 0, .ids = {}});
    const at::Tensor open = at::zeros({4, 30, 30}, at::kFloat);  // nothing hidden, so that the rank can be seen
    const at::Tensor scores = run.apply({0, 30, open, 0}).scores_HQK.to(at::kDouble);
    for (std::int64_t head = 0; head < 4; ++head) {
        const at::Tensor values = std::get<1>(at::linalg_svd(scores[head]));
        EXPECT_LT((values[3] / values[0]).item<double>(), 1e-5);
        EXPECT_GT((values[2] / values[0]).item<double>(), 1e-3);
    }
}

TEST(RandomProjections, StandInForTheLearnedOnesWithTheirNormsAndBiases) {
    Layer layer{.tokens = 12};
    layer.kernel = std::make_shared<testing_support::RandomKernel>(4, 2, 0.25);
    const LayerInput input = layer.input();
    const QueriesAndKeys learned = layer.kernel->weights();
    const auto drawn = [&](const at::Tensor& learned_ED, std::int64_t head, Projection which) {
        const at::Tensor from = learned_ED.contiguous(), out = at::empty_like(from);
        const auto count = static_cast<std::size_t>(from.numel());
        draw_projection({9, layer.layer, head, which}, {from.const_data_ptr<float>(), count},
                        {out.data_ptr<float>(), count});
        return out.to(at::kDouble);
    };
    const at::Tensor used = gated_block("random-projections:seed=9", layer).scores_HQK;
    const at::Tensor x = input.x_TD.to(at::kDouble);
    for (std::int64_t head = 0; head < 4; ++head) {
        const at::Tensor query = drawn(learned.q_HTE[head], head, Projection::kQuery);
        const at::Tensor key = drawn(learned.k_GTE[head / 2], head / 2, Projection::kKey);
        const at::Tensor scores = at::matmul(at::matmul(x, query.t()) + 0.25, (at::matmul(x, key.t()) + 0.25).t());
        const at::Tensor differs = used[head].to(at::kDouble) - scores * input.scale;
        EXPECT_LT(differs.masked_fill(layer.allowed().logical_not(), 0.0).abs().max().item<double>(), 1e-3);
        EXPECT_NEAR(query.square().sum().item<double>(), learned.q_HTE[head].square().sum().item<double>(), 1e-3);
    }
    EXPECT_TRUE(at::equal(used, gated_block("random-projections:seed=9", layer).scores_HQK));
    EXPECT_FALSE(at::equal(used, gated_block("random-projections", layer).scores_HQK));
}

// A file's array of layer 1.
at::Tensor array_of(const GateFile& file, const std::string& name) {
    std::vector<float> values = file.read(1, name);
    return at::tensor(values).view(file.shape(1, name)).to(at::kDouble);
}

class GatesOfFiles : public testing::Test {
  protected:
    std::string file_of(const std::string& id) const {
        return write_file(folder_ / (id + ".safetensors"), gate_file_bytes(gate_file_shape_of(id))).string();
    }
    TemporaryFolder folder_;
};

TEST_F(GatesOfFiles, IndexerRanksByWeightedHingesOfItsHeads) {
    using enum GateDimension;
    const std::string path = file_of("indexer");
    const GateFile file(path, "indexer",
                        {{"index_query", {kGateHeads, kModel, kGate}},
                         {"index_key", {kModel, kGate}},
                         {"index_weight", {kModel, kGateHeads}}});
    const Layer layer{.tokens = 30};
    const at::Tensor x = layer.input().x_TD.to(at::kDouble);
    at::Tensor scores = at::zeros({30, 30}, at::kDouble);
    for (std::int64_t m = 0; m < 3; ++m) {
        const at::Tensor a = at::matmul(x, array_of(file, "index_query")[m]),
                         b = at::matmul(x, array_of(file, "index_key"));
        const at::Tensor w = at::matmul(x, array_of(file, "index_weight").select(1, m));
        scores += w.unsqueeze(1) * at::matmul(a, b.t()).clamp_min(0);
    }
    const at::Tensor kept = kept_keys("indexer:k=5,file=\"" + path + "\"", layer);
    for (std::int64_t query = 5; query < 30; ++query)
        for (std::int64_t head = 0; head < 4; ++head) {
            // Hinges give ties: which of equal keys is kept is a matter of rounding.
            const double fifth = std::get<0>(scores[query].slice(0, 0, query + 1).topk(5))[4].item<double>();
            const double worst = scores[query].masked_select(kept[head][query]).min().item<double>();
            EXPECT_NEAR(worst, fifth, 1e-4) << head << " " << query;
        }
}

TEST_F(GatesOfFiles, BlockLearnedComparesMeansOfBlocks) {
    using enum GateDimension;
    const std::string path = file_of("block-learned");
    const GateFile file(path, "block-learned",
                        {{"block_query", {kHeads, kModel, kGate}}, {"block_key", {kHeads, kModel, kGate}}});
    const Layer layer{.tokens = 30};
    const at::Tensor x = layer.input().x_TD.to(at::kDouble);
    const at::Tensor kept = kept_keys("block-learned:b=4,n=2,file=\"" + path + "\"", layer);
    for (std::int64_t query = 8; query < 30; ++query)
        for (std::int64_t head = 0; head < 4; ++head) {
            const at::Tensor xq = x.slice(0, query / 4 * 4, query + 1).mean(0);
            double best = -1e9;
            std::int64_t chosen = -1;
            for (std::int64_t block = 0; block < query / 4; ++block) {
                const at::Tensor xk = x.slice(0, 4 * block, 4 * block + 4).mean(0);
                const double score = at::matmul(at::matmul(xq, array_of(file, "block_query")[head]),
                                                at::matmul(xk, array_of(file, "block_key")[head]))
                                         .item<double>();
                if (score > best) chosen = block;
                best = std::max(best, score);
            }
            EXPECT_TRUE(kept[head][query].slice(0, 4 * chosen, 4 * chosen + 4).all().item<bool>());
            EXPECT_EQ(kept[head][query].sum().item<std::int64_t>(), 4 + query % 4 + 1);
        }
}

TEST_F(GatesOfFiles, SoftLearnedAddsTheLogarithmOfItsGate) {
    using enum GateDimension;
    const std::string path = file_of("soft-learned");
    const GateFile file(path, "learned", {{"query", {kHeads, kModel, kGate}}, {"key", {kHeads, kModel, kGate}}});
    const Layer layer{.tokens = 20};
    const LayerInput input = layer.input();
    const at::Tensor gate = scores_by_definition(input, {array_of(file, "query"), array_of(file, "key")}, 0);
    const GatedBlock block = gated_block("soft-learned:file=\"" + path + "\"", layer);
    EXPECT_TRUE(at::allclose(block.scores_HQK, layer.scores(input) + at::log_sigmoid(gate).to(at::kFloat), 1e-3, 1e-3));
}

// Drawn anew at every step of a training, the same again by its seed; a model at rest is at step 0, where it is
// uniform.
TEST(StochasticGate, DrawsAnewAtEveryStepAndRepeatsBySeed) {
    const Layer layer;
    const auto kept = [&](const std::string& gate, std::int64_t step) {
        GateRun run(parse_gate(gate));
        const LayerInput input = layer.input();
        run.prepare(input, {.window = 3, .nominal_window = layer.tokens, .step = step, .ids = {}});
        return run.apply({0, layer.tokens, layer.scores(input), 0}).keep_HQK;
    };
    EXPECT_TRUE(at::equal(kept("stochastic:k=4", 5), kept("stochastic:k=4", 5)));
    EXPECT_FALSE(at::equal(kept("stochastic:k=4", 5), kept("stochastic:k=4", 6)));
    EXPECT_FALSE(at::equal(kept("stochastic:k=4", 5), kept("stochastic:k=4,seed=1", 5)));
    EXPECT_TRUE(at::equal(kept("stochastic:k=4", 0), kept("uniform:k=4", 0)));
    EXPECT_TRUE(at::equal(kept("uniform:k=4", 5), kept("uniform:k=4", 6)));
}

}  // namespace
}  // namespace gatescope
