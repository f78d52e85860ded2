// Every type that can be read gives, bit for bit, what the gguf package gives (tests/golden/make_dequantize_golden.py).
#include "model/checkpoint/dequantize.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "model/checkpoint/half.h"

namespace gatescope {
namespace {

// A golden's blocks and the bits of its values.
struct Golden {
    std::vector<std::byte> blocks;
    std::vector<std::uint32_t> bits;
};

Golden load(const TensorType& type) {
    std::ifstream file(std::string(GATESCOPE_GOLDEN_DIR) + "/dequantize/" + std::string(type.name) + ".bin",
                       std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    const std::size_t n_blocks = bytes.size() / (type.block_bytes + type.block_values * sizeof(float));
    Golden golden;
    golden.blocks.resize(n_blocks * type.block_bytes);
    golden.bits.resize(n_blocks * type.block_values);
    std::memcpy(golden.blocks.data(), bytes.data(), golden.blocks.size());
    std::memcpy(golden.bits.data(), bytes.data() + golden.blocks.size(), golden.bits.size() * sizeof(std::uint32_t));
    return golden;
}

std::vector<std::string> types_with_goldens() {
    std::vector<std::string> out;
    for (const TensorType& type : tensor_types())
        if (type.dequantize != nullptr && type.name != "F64") out.emplace_back(type.name);
    return out;
}

class DequantizeGolden : public testing::TestWithParam<std::string> {
  protected:
    const TensorType& type_ = *find_tensor_type(GetParam());
    const Golden golden_ = load(type_);
    const std::size_t n_blocks_ = golden_.bits.size() / type_.block_values;
    std::vector<float> values_ = std::vector<float>(golden_.bits.size());
};

TEST_P(DequantizeGolden, EqualsTheGgufPackageBitForBit) {
    ASSERT_GE(golden_.bits.size(), 512u);
    type_.dequantize(golden_.blocks.data(), n_blocks_, values_.data());
    for (std::size_t i = 0; i < values_.size(); ++i)
        ASSERT_EQ(std::bit_cast<std::uint32_t>(values_[i]), golden_.bits[i]) << "value " << i << ": " << values_[i];
}

TEST_P(DequantizeGolden, ReadsBlocksAtOddAddresses) {
    std::vector<std::byte> shifted(golden_.blocks.size() + 1);
    std::memcpy(shifted.data() + 1, golden_.blocks.data(), golden_.blocks.size());
    type_.dequantize(shifted.data() + 1, n_blocks_, values_.data());
    EXPECT_EQ(std::memcmp(values_.data(), golden_.bits.data(), values_.size() * sizeof(float)), 0);
}

INSTANTIATE_TEST_SUITE_P(OfEveryType, DequantizeGolden, testing::ValuesIn(types_with_goldens()));

TEST(Dequantize, ListsEveryTypeOnceByNumberAndName) {
    std::set<std::uint32_t> numbers;
    std::set<std::string_view> names;
    for (const TensorType& type : tensor_types()) {
        EXPECT_TRUE(numbers.insert(type.number).second) << type.name;
        EXPECT_TRUE(names.insert(type.name).second) << type.name;
        EXPECT_EQ(find_tensor_type(type.number), &type);
        EXPECT_EQ(find_tensor_type(type.name), &type);
    }
    EXPECT_EQ(find_tensor_type(4), nullptr);
    EXPECT_EQ(find_tensor_type("Q9_9"), nullptr);
}

TEST(Dequantize, RoundsDoublesToTheNearestFloat) {
    const std::vector<double> doubles = {0.1, -1e300, 1.0000000596046448};
    std::vector<float> values(doubles.size());
    dequantize::f64(reinterpret_cast<const std::byte*>(doubles.data()), doubles.size(), values.data());
    EXPECT_EQ(values[0], 0.1F);
    EXPECT_EQ(values[1], -INFINITY);
    EXPECT_EQ(values[2], 1.0F);
}

TEST(Half, EveryFiniteHalfHasItsExactValueAndTheRestStayInfiniteOrNan) {
    for (std::uint32_t bits = 0; bits < 0x10000u; ++bits) {
        const int exponent = static_cast<int>((bits >> 10) & 31u), mantissa = static_cast<int>(bits & 1023u);
        const float value = float_of_half(static_cast<std::uint16_t>(bits));
        EXPECT_EQ(std::signbit(value), bits >= 0x8000u);
        if (exponent == 31) {
            EXPECT_TRUE(mantissa == 0 ? std::isinf(value) : std::isnan(value)) << bits;
        } else {
            const double expected =
                exponent == 0 ? std::ldexp(mantissa, -24) : std::ldexp(1024 + mantissa, exponent - 25);
            EXPECT_EQ(std::fabs(static_cast<double>(value)), expected) << bits;
        }
    }
}

}  // namespace
}  // namespace gatescope
