// Counter: (key / 4, query, head + 65536 layer, window); Philox gives four keys' numbers at a time.
// Shapes: H head, Q query, K key; F key / 4; W the four words of a Philox block.
#include "model/gates/keyed_random.h"

#include <ATen/Parallel.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/stack.h>

#include <algorithm>
#include <array>
#include <bit>

#include "model/core/philox.h"

namespace gatescope {
namespace {

constexpr std::int64_t kWord = 0xffffffff;
constexpr std::int64_t kRandomBits = 0x3fffffff;
constexpr std::int64_t kSmallestNormal = 0x00800000;  // no denormals: some devices flush them to zero, hence to ties

PhiloxKey key_of(const RandomStream& stream) {
    const auto seed = static_cast<std::uint64_t>(stream.seed);
    return {static_cast<std::uint32_t>(seed),
            static_cast<std::uint32_t>(seed >> 32) ^ static_cast<std::uint32_t>(stream.step)};
}

GATESCOPE_INLINE float priority(std::uint32_t word) {
    return std::bit_cast<float>((word & static_cast<std::uint32_t>(kRandomBits)) +
                                static_cast<std::uint32_t>(kSmallestNormal));
}

// Priorities of keys [0, n), n a multiple of 4.
GATESCOPE_CPU_CLONES void fill_row(float* row, std::uint32_t n_blocks, std::uint32_t query, std::uint32_t head,
                                   std::uint32_t window, PhiloxKey key) {
#pragma omp simd
    for (std::uint32_t block = 0; block < n_blocks; ++block) {
        const PhiloxCounter words = philox({block, query, head, window}, key);
        for (std::uint32_t word = 0; word < 4; ++word) row[4 * block + word] = priority(words[word]);
    }
}

std::int64_t head_word(const RandomStream& stream, std::int64_t head) {
    return (head + 65536 * stream.layer) & kWord;
}

struct Words {
    std::array<at::Tensor, 4> word;
};

// philox() in int64 arithmetic: products wrap, the mask takes the right bits.
Words philox_aten(Words counter, PhiloxKey key) {
    for (int round = 0; round < kPhiloxRounds; ++round) {
        const at::Tensor left = counter.word[0].mul(static_cast<std::int64_t>(kPhiloxMultiply[0]));
        const at::Tensor right = counter.word[2].mul(static_cast<std::int64_t>(kPhiloxMultiply[1]));
        const auto high = [](const at::Tensor& product) { return product.__rshift__(32).bitwise_and(kWord); };
        counter.word = {high(right).bitwise_xor(counter.word[1]).bitwise_xor(static_cast<std::int64_t>(key[0])),
                        right.bitwise_and(kWord),
                        high(left).bitwise_xor(counter.word[3]).bitwise_xor(static_cast<std::int64_t>(key[1])),
                        left.bitwise_and(kWord)};
        key = {key[0] + kPhiloxWeyl[0], key[1] + kPhiloxWeyl[1]};
    }
    return counter;
}

}  // namespace

at::Tensor random_priorities_cpu(const RandomStream& stream, std::int64_t head_begin, std::int64_t query_begin,
                                 const at::Tensor& like_HQK) {
    const std::int64_t heads = like_HQK.size(0), queries = like_HQK.size(1), keys = like_HQK.size(2);
    const std::int64_t width = (keys + 3) / 4 * 4;
    at::Tensor out_HQK = at::empty({heads, queries, width}, at::kFloat);
    float* out = out_HQK.data_ptr<float>();
    at::parallel_for(0, heads * queries, 16, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t row = begin; row < end; ++row) {
            const std::int64_t head = row / queries, query = query_begin + row % queries;
            const std::int64_t blocks = std::min(query / 4 + 1, width / 4);
            fill_row(out + row * width, static_cast<std::uint32_t>(blocks), static_cast<std::uint32_t>(query),
                     static_cast<std::uint32_t>(head_word(stream, head_begin + head)),
                     static_cast<std::uint32_t>(stream.window), key_of(stream));
        }
    });
    return out_HQK.narrow(2, 0, keys);
}

at::Tensor random_priorities_aten(const RandomStream& stream, std::int64_t head_begin, std::int64_t query_begin,
                                  const at::Tensor& like_HQK) {
    const std::int64_t heads = like_HQK.size(0), queries = like_HQK.size(1), keys = like_HQK.size(2);
    const at::TensorOptions options = like_HQK.options().dtype(at::kLong);
    const std::int64_t first_head = head_word(stream, head_begin);
    const at::Tensor block_HQF = at::arange((keys + 3) / 4, options).view({1, 1, -1}).expand({heads, queries, -1});
    const at::Tensor query_HQF = at::arange(query_begin, query_begin + queries, options).view({1, -1, 1});
    const at::Tensor head_HQF = at::arange(first_head, first_head + heads, options).view({-1, 1, 1});
    const Words counter{{block_HQF, query_HQF.expand_as(block_HQF), head_HQF.expand_as(block_HQF),
                         at::empty({}, options).fill_(stream.window & kWord).expand_as(block_HQF)}};
    const Words words = philox_aten(counter, key_of(stream));
    const at::Tensor word_HQFW = at::stack({words.word[0], words.word[1], words.word[2], words.word[3]}, -1);
    return word_HQFW.bitwise_and(kRandomBits)
        .add(kSmallestNormal)
        .to(at::kInt)
        .view(at::kFloat)
        .flatten(2, 3)
        .narrow(2, 0, keys);
}

at::Tensor random_priorities(const RandomStream& stream, std::int64_t head_begin, std::int64_t query_begin,
                             const at::Tensor& like_HQK) {
    const auto draw = like_HQK.is_cpu() ? random_priorities_cpu : random_priorities_aten;
    return draw(stream, head_begin, query_begin, like_HQK);
}

}  // namespace gatescope
