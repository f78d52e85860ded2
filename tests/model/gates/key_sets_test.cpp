// Shapes: H head, Q query, K key.
#include "model/gates/key_sets.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/full.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <limits>

namespace gatescope {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

at::Tensor random_priority(std::int64_t heads, std::int64_t queries, std::int64_t keys, std::uint64_t seed) {
    auto generator = at::detail::createCPUGenerator(seed);
    return at::randn({heads, queries, keys}, generator, at::kFloat);
}

at::Tensor kept(const at::Tensor& priority_HQK, const KeyRules& rules, bool by_kernel) {
    at::Tensor keep = at::zeros(priority_HQK.sizes(), at::kBool);
    std::vector<std::int64_t> heads;
    for (std::int64_t head = 0; head < priority_HQK.size(0); ++head) heads.push_back(head);
    (by_kernel ? keep_best : aten::keep_best)(priority_HQK, rules, heads, keep);
    return keep;
}

std::vector<bool> row(const at::Tensor& keep_HQK, std::int64_t head, std::int64_t query) {
    std::vector<bool> out;
    for (std::int64_t key = 0; key < keep_HQK.size(2); ++key) out.push_back(keep_HQK[head][query][key].item<bool>());
    return out;
}

TEST(KeySets, KernelAndAtenOperationsKeepTheSameKeys) {
    for (const KeyRules rules :
         {KeyRules{20, {}, 5, 0, 0}, KeyRules{20, {}, 9, 3, 4}, KeyRules{20, {true, 11}, 5, 2, 1},
          KeyRules{20, {true, 3}, 5, 0, 0}, KeyRules{20, {}, 1, 1, 0}, KeyRules{20, {}, 30, 0, 0}}) {
        const at::Tensor smooth = random_priority(3, 13, 33, 7);
        const at::Tensor tied = smooth.mul(2).round();
        const at::Tensor flat = smooth.mul(0);
        for (const at::Tensor& priority : {smooth, tied, flat}) {
            EXPECT_TRUE(at::equal(kept(priority, rules, true), kept(priority, rules, false)))
                << "k " << rules.k << " sinks " << rules.sinks << " window " << rules.reach.sliding_window;
        }
    }
}

TEST(KeySets, KernelAndAtenOperationsAgreeOnMasks) {
    const at::Tensor mask = random_priority(1, 13, 33, 3).gt(0.5);
    for (const KeyRules rules :
         {KeyRules{20, {}, 5, 0, 0}, KeyRules{20, {true, 7}, 5, 1, 2}, KeyRules{20, {}, 25, 0, 0}}) {
        at::Tensor by_kernel = at::zeros({2, 13, 33}, at::kBool), by_aten = at::zeros({2, 13, 33}, at::kBool);
        keep_mask(mask, rules, {0, 1}, by_kernel);
        aten::keep_mask(mask, rules, {0, 1}, by_aten);
        EXPECT_TRUE(at::equal(by_kernel, by_aten));
        keep_allowed(rules, {1}, by_kernel);
        aten::keep_allowed(rules, {1}, by_aten);
        EXPECT_TRUE(at::equal(by_kernel, by_aten));
    }
}

TEST(KeySets, TiesGoToTheLowerKey) {
    const at::Tensor flat = at::zeros({1, 1, 6}, at::kFloat);
    EXPECT_EQ(row(kept(flat, {5, {}, 3, 0, 0}, true), 0, 0), (std::vector<bool>{1, 1, 1, 0, 0, 0}));
    at::Tensor mixed = flat.clone();
    mixed[0][0][4] = 1.0f;
    mixed[0][0][1] = -0.0f;  // equal to 0
    EXPECT_EQ(row(kept(mixed, {5, {}, 3, 0, 0}, true), 0, 0), (std::vector<bool>{1, 1, 0, 0, 1, 0}));
}

TEST(KeySets, ForcedKeysComeOutOfTheBudget) {
    at::Tensor priority = at::zeros({1, 1, 8}, at::kFloat);
    for (std::int64_t key = 0; key < 8; ++key) priority[0][0][key] = static_cast<float>(key % 5);
    // sinks: 0; local: 7; of 1..6 the two best are 4 (4) and 3 (3).
    EXPECT_EQ(row(kept(priority, {7, {}, 4, 1, 1}, true), 0, 0), (std::vector<bool>{1, 0, 0, 1, 1, 0, 0, 1}));
}

TEST(KeySets, AQueryWithFewKeysKeepsThemAll) {
    const at::Tensor priority = random_priority(1, 4, 4, 1);
    const at::Tensor keep = kept(priority, {0, {}, 3, 0, 0}, true);
    EXPECT_EQ(row(keep, 0, 2), (std::vector<bool>{1, 1, 1, 0}));
    EXPECT_EQ(keep[0][3].sum().item<std::int64_t>(), 3);
}

TEST(KeySets, InfiniteAndMissingPrioritiesAreNeverKept) {
    at::Tensor priority = at::full({1, 1, 6}, -kInfinity, at::kFloat);
    priority[0][0][2] = 1.0f;
    priority[0][0][3] = std::numeric_limits<float>::quiet_NaN();
    priority[0][0][4] = kInfinity;
    for (const bool by_kernel : {true, false})
        EXPECT_EQ(row(kept(priority, {5, {}, 3, 0, 0}, by_kernel), 0, 0), (std::vector<bool>{0, 0, 1, 0, 0, 0}));
}

TEST(KeySets, AnEmptySetBecomesTheOwnKey) {
    const at::Tensor priority = at::full({1, 1, 6}, -kInfinity, at::kFloat);
    for (const bool by_kernel : {true, false})
        EXPECT_EQ(row(kept(priority, {5, {}, 3, 0, 0}, by_kernel), 0, 0), (std::vector<bool>{0, 0, 0, 0, 0, 1}));
    at::Tensor keep = at::zeros({1, 1, 6}, at::kBool);
    keep_mask(at::zeros({1, 1, 6}, at::kBool), {5, {}, 3, 0, 0}, {0}, keep);
    EXPECT_EQ(row(keep, 0, 0), (std::vector<bool>{0, 0, 0, 0, 0, 1}));
}

TEST(KeySets, DenormalAndHugeScoresAreTakenInOrder) {
    at::Tensor priority = at::zeros({1, 1, 6}, at::kFloat);
    const float values[] = {1e-42f, 2e-42f, -3e38f, 0.0f, 3e38f, -1e-42f};
    for (std::int64_t key = 0; key < 6; ++key) priority[0][0][key] = values[key];
    EXPECT_EQ(row(kept(priority, {5, {}, 3, 0, 0}, true), 0, 0), (std::vector<bool>{1, 1, 0, 0, 1, 0}));
}

TEST(KeySets, RowsOfOtherHeadsAreLeftAlone) {
    at::Tensor keep = at::full({2, 3, 10}, true, at::kBool);
    keep_best(random_priority(2, 3, 10, 2), {7, {}, 2, 0, 0}, {1}, keep);
    EXPECT_TRUE(keep[0].all().item<bool>());
    EXPECT_EQ(keep[1].sum().item<std::int64_t>(), 6);
}

}  // namespace
}  // namespace gatescope
