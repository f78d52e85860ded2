// Sets of the gates on small cases that can be worked out by hand.
#include <ATen/ops/equal.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "tests/model/gates/gate_fixture.h"
#include "tests/support/gate_file_bytes.h"
#include "tests/support/temporary_folder.h"

namespace gatescope {
namespace {

using testing_support::kept_keys;
using testing_support::Layer;

std::vector<std::int64_t> keys_of(const at::Tensor& kept, std::int64_t head, std::int64_t query) {
    std::vector<std::int64_t> keys;
    for (std::int64_t key = 0; key < kept.size(2); ++key)
        if (kept[head][query][key].item<bool>()) keys.push_back(key);
    return keys;
}

using Keys = std::vector<std::int64_t>;

// Of one layer's bilinear gate.
struct Tables {
    std::vector<float> query, key;
};

TEST(WindowGate, KeepsTheFirstAndTheLastKeys) {
    const at::Tensor kept = kept_keys("window:sinks=2,local=3", Layer{.tokens = 10});
    EXPECT_EQ(keys_of(kept, 0, 9), (Keys{0, 1, 7, 8, 9}));
    EXPECT_EQ(keys_of(kept, 3, 4), (Keys{0, 1, 2, 3, 4}));
}

TEST(WindowGate, CountsKeysFromTheStartOfTheModelsOwnWindow) {
    const at::Tensor kept = kept_keys("window:sinks=2,local=3", Layer{.tokens = 10, .sliding_window = 6});
    EXPECT_EQ(keys_of(kept, 0, 9), (Keys{7, 8, 9}));  // the sinks are out of the model's reach
    EXPECT_EQ(keys_of(kept, 0, 5), (Keys{0, 1, 3, 4, 5}));
}

TEST(StridedGate, KeepsEveryStrideAndTheOwnKey) {
    const at::Tensor kept = kept_keys("strided:k=3", Layer{.tokens = 10});  // stride 3
    EXPECT_EQ(keys_of(kept, 0, 8), (Keys{0, 3, 6, 8}));
    EXPECT_EQ(keys_of(kept, 0, 2), (Keys{0, 1, 2}));  // n <= k
    EXPECT_EQ(keys_of(kept, 0, 9), (Keys{0, 3, 6, 9}));
}

TEST(StridedGate, KeepsItsStrideInAShortLastWindow) {
    const at::Tensor kept = kept_keys("strided:k=3", Layer{.tokens = 10}, 0, 7, 15);  // stride 5
    EXPECT_EQ(keys_of(kept, 0, 8), (Keys{0, 5, 8}));
}

TEST(StridedGate, AddsForcedKeysToItsSet) {
    const at::Tensor kept = kept_keys("strided:k=4,sinks=2,local=2", Layer{.tokens = 16});  // stride 4
    EXPECT_EQ(keys_of(kept, 0, 15), (Keys{0, 1, 4, 8, 12, 14, 15}));
}

// g = (x A_h) . (x B_h), in float64 and one product at a time; `base`: of the rotation, 0 for none.
double bilinear(const at::Tensor& x_TD, const Tables& tables, std::int64_t head, std::int64_t query, std::int64_t key,
                double base) {
    constexpr std::int64_t kWidth = 6, kModel = 16;
    const auto projected = [&](const std::vector<float>& table_HDC, std::int64_t token) {
        std::vector<double> out(kWidth);
        for (std::int64_t d = 0; d < kModel; ++d)
            for (std::int64_t c = 0; c < kWidth; ++c)
                out[static_cast<std::size_t>(c)] +=
                    x_TD[token][d].item<double>() *
                    static_cast<double>(table_HDC[static_cast<std::size_t>((head * kModel + d) * kWidth + c)]);
        for (std::size_t r = 0; base > 0 && r < kWidth / 2; ++r) {
            const double angle = static_cast<double>(token) *
                                 std::pow(base, -2.0 * static_cast<double>(r) / static_cast<double>(kWidth));
            const double first = out[r], second = out[r + kWidth / 2];
            out[r] = first * std::cos(angle) - second * std::sin(angle);
            out[r + kWidth / 2] = second * std::cos(angle) + first * std::sin(angle);
        }
        return out;
    };
    const std::vector<double> q = projected(tables.query, query), k = projected(tables.key, key);
    return std::inner_product(q.begin(), q.end(), k.begin(), 0.0);
}

TEST(LearnedGate, KeepsTheKeysThatItsFileRanksHighest) {
    const TemporaryFolder folder;
    Tables tables;
    const auto file = write_file(folder / "gate.safetensors", gate_file_bytes({}, [&](std::vector<FloatTensor>& all) {
                                     tables = {all[2].values, all[3].values};  // of layer 1, the fixture's
                                 }));
    const Layer layer{.tokens = 30};
    const LayerInput input = layer.input();
    for (const double base : {0.0, 100.0}) {
        const std::string gate = "learned:k=4,file=\"" + file.string() + "\"" + (base > 0 ? ",rope=1" : "");
        const at::Tensor kept = kept_keys(gate, layer);
        for (std::int64_t head = 0; head < 4; ++head) {
            double worst_kept = 1e9, best_dropped = -1e9;
            for (std::int64_t key = 0; key < 30; ++key) {
                const double g = bilinear(input.x_TD, tables, head, 29, key, base);
                if (kept[head][29][key].item<bool>())
                    worst_kept = std::min(worst_kept, g);
                else
                    best_dropped = std::max(best_dropped, g);
            }
            EXPECT_GT(worst_kept, best_dropped) << "head " << head << " base " << base;
        }
    }
}

TEST(OracleGate, KeepsTheLargestScores) {
    const Layer layer{.tokens = 30};
    const at::Tensor scores = layer.scores(layer.input());
    const at::Tensor kept = kept_keys("oracle:k=4", layer);
    for (std::int64_t head = 0; head < 4; ++head) {
        const at::Tensor row = scores[head][29];
        const float worst_kept = row.masked_select(kept[head][29]).min().item<float>();
        const float best_dropped = row.masked_select(kept[head][29].logical_not()).max().item<float>();
        EXPECT_GT(worst_kept, best_dropped);
    }
}

TEST(UniformGate, DrawsEveryKeyEquallyOften) {
    const at::Tensor kept = kept_keys("uniform:k=10", Layer{.tokens = 400, .heads = 8});
    // 8 heads x 200 queries with at least 200 keys: each of the first 200 keys has the same chance k / n_i.
    const at::Tensor often = kept.slice(1, 200, 400).slice(2, 0, 200).to(at::kDouble).sum(at::IntArrayRef{0, 1});
    double expected = 0;
    for (int query = 200; query < 400; ++query) expected += 8.0 * 10.0 / (query + 1);
    EXPECT_NEAR(often.mean().item<double>(), expected, 1.5);
    EXPECT_LT(often.max().item<double>(), 2 * expected);
    EXPECT_GT(often.min().item<double>(), expected / 3);
}

TEST(UniformGate, DrawsAnewInEveryWindow) {
    const Layer layer{.tokens = 40};
    EXPECT_FALSE(at::equal(kept_keys("uniform:k=5", layer, 2), kept_keys("uniform:k=5", layer, 3)));
}

TEST(Composition, EachHeadIsUnderItsTerm) {
    const Layer layer{.tokens = 20, .layer = 1};
    const at::Tensor kept = kept_keys("oracle:k=4@1/0-2+window:local=2@1/2+uniform:k=3@0", layer);
    EXPECT_EQ(kept[0][19].sum().item<std::int64_t>(), 4);
    EXPECT_EQ(keys_of(kept, 2, 19), (Keys{18, 19}));
    EXPECT_EQ(kept[3][19].sum().item<std::int64_t>(), 20);
}

}  // namespace
}  // namespace gatescope
