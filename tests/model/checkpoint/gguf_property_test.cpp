// What holds for every broken GGUF file: it is read or it fails as a Failure, and nothing else.
#include <gtest/gtest.h>

#include <random>
#include <span>
#include <string>
#include <vector>

#include "model/checkpoint/gguf_header.h"
#include "model/core/error.h"
#include "tests/support/gguf_builder.h"

namespace gatescope {
namespace {

std::string small_model() {
    GgufBuilder builder;
    builder.add_string("general.architecture", "llama").add_u32("llama.block_count", 1).add_f32("eps", 1e-5F);
    builder.add_bool("flag", false).add_array_string("tokens", {"a", "bc", ""}).add_array_i32("types", {1, 2, 3});
    builder.add_tensor_f32("matrix", {2, 4}, std::vector<float>(8, 1.0F))
        .add_tensor("q", {64}, 3, std::string(40, 'q'));
    return builder.bytes();
}

// Reads the header, and every tensor that it lists as the checks let it through.
bool reads(const std::string& file) {
    const auto bytes = std::as_bytes(std::span(file));
    try {
        for (const TensorInfo& tensor : parse_gguf_header(bytes).tensors) {
            EXPECT_LE(tensor.offset + tensor.size_bytes, bytes.size());
            EXPECT_GT(tensor.element_count(), 0);
        }
        return true;
    } catch (const Failure& failure) {
        EXPECT_STRNE(failure.what(), "");
        return false;
    }
}

TEST(GgufProperty, EveryTruncationFailsCleanly) {
    const std::string whole = small_model();
    ASSERT_TRUE(reads(whole));
    for (std::size_t length = 0; length < whole.size(); ++length)
        EXPECT_FALSE(reads(whole.substr(0, length))) << length << " bytes were taken for the whole";
}

TEST(GgufProperty, NoFlippedBitsDoMoreThanFail) {
    std::mt19937 random(20260);
    const std::string whole = small_model();
    int refused = 0;
    for (int round = 0; round < 5000; ++round) {
        std::string broken = whole;
        for (auto flips = 1 + random() % 4; flips > 0; --flips)
            broken[random() % broken.size()] ^= static_cast<char>(1u << random() % 8);
        refused += reads(broken) ? 0 : 1;
    }
    EXPECT_GT(refused, 1000);
}

}  // namespace
}  // namespace gatescope
