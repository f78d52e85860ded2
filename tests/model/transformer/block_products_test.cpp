#include "model/transformer/block_products.h"

#include <gtest/gtest.h>

#include "tests/model/transformer/tensors.h"

namespace gatescope {
namespace {

using namespace testing_support;

// 6 query heads on 2 key/value heads; blocks that begin and end within a stretch of keys, at its border and beyond it.
TEST(BlockProducts, EqualTheirGenericForms) {
    for (const std::int64_t d_head : {64, 18, 13})
        for (const auto& [query_begin, key_begin, n_keys] :
             {std::tuple{0, 0, 40}, std::tuple{700, 0, 740}, std::tuple{700, 511, 2}, std::tuple{900, 300, 800}}) {
            const at::Tensor q = random_tensor({6, 1100, d_head}), k = random_tensor({2, 1100, d_head}, 2);
            const BlockProducts products(q, k, random_tensor({2, 1100, d_head}, 3));
            at::Tensor fast = at::empty({6, 40, n_keys}, at::kFloat), generic = at::empty_like(fast);
            products.scores(query_begin, key_begin, fast);
            products.scores_generic(query_begin, key_begin, generic);
            EXPECT_LT(largest_difference(fast, generic), 3e-5F) << d_head << ", " << n_keys << " keys";
            const at::Tensor weights = generic.softmax(-1);
            EXPECT_LT(largest_difference(products.weighted(weights, key_begin),
                                         products.weighted_generic(weights, key_begin)),
                      3e-6F)
                << d_head << ", " << n_keys << " keys";
        }
}

}  // namespace
}  // namespace gatescope
