#include "model/gates/keyed_random.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/equal.h>
#include <gtest/gtest.h>

#include "model/core/philox.h"

namespace gatescope {
namespace {

// Known answers of Random123 (kat_vectors, philox4x32 10).
TEST(Philox, GivesTheKnownAnswers) {
    EXPECT_EQ(philox({0, 0, 0, 0}, {0, 0}), (PhiloxCounter{0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u}));
    constexpr std::uint32_t kOnes = 0xffffffffu;
    EXPECT_EQ(philox({kOnes, kOnes, kOnes, kOnes}, {kOnes, kOnes}),
              (PhiloxCounter{0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu}));
    EXPECT_EQ(philox({0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0x03707344u}, {0xa4093822u, 0x299f31d0u}),
              (PhiloxCounter{0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u}));
}

TEST(KeyedRandom, IsTheSameOnEveryDevice) {
    const RandomStream stream{.seed = 123456789012, .step = 3, .window = 5, .layer = 29};
    const at::Tensor like = at::empty({3, 6, 23}, at::kFloat);
    const at::Tensor cpu = random_priorities_cpu(stream, 2, 17, like);
    const at::Tensor aten = random_priorities_aten(stream, 2, 17, like);
    for (std::int64_t query = 0; query < 6; ++query)
        EXPECT_TRUE(at::equal(cpu.select(1, query).narrow(1, 0, 17 + query + 1),
                              aten.select(1, query).narrow(1, 0, 17 + query + 1)));
}

TEST(KeyedRandom, EveryPartOfTheNameMatters) {
    const at::Tensor like = at::empty({2, 4, 16}, at::kFloat);
    const RandomStream base{.seed = 1, .step = 0, .window = 0, .layer = 0};
    const at::Tensor first = random_priorities_aten(base, 0, 12, like);
    EXPECT_TRUE(at::equal(first, random_priorities_aten(base, 0, 12, like)));
    for (const RandomStream& other :
         {RandomStream{2, 0, 0, 0}, RandomStream{1, 1, 0, 0}, RandomStream{1, 0, 1, 0}, RandomStream{1, 0, 0, 1}})
        EXPECT_FALSE(at::equal(first, random_priorities_aten(other, 0, 12, like)));
    EXPECT_FALSE(at::equal(first[0], first[1]));
    EXPECT_FALSE(at::equal(first[0][0], first[0][1]));
    EXPECT_TRUE(at::equal(first[1], random_priorities_aten(base, 1, 12, like)[0]));
}

}  // namespace
}  // namespace gatescope
