// Safetensors files as this program writes them, read back.
#include "model/checkpoint/safetensors_writer.h"

#include <gtest/gtest.h>

#include <cstring>
#include <stdexcept>

#include "model/checkpoint/safetensors_file.h"
#include "model/core/error.h"
#include "tests/support/temporary_folder.h"

namespace gatescope {
namespace {

class WrittenSafetensors : public testing::Test {
  protected:
    void write(const std::vector<SafetensorsEntry>& entries, const std::vector<float>& values) {
        SafetensorsWriter file(path_, true, {{"format", "pt"}, {"format", "no"}}, entries);
        file.write(std::span<const float>(values));
        file.publish();
    }

    TemporaryFolder folder_;
    std::filesystem::path path_ = folder_ / "a.safetensors";
};

TEST_F(WrittenSafetensors, HoldsTensorsOfAllKindsToTheBit) {
    const std::vector<float> first = {1.0F, -0.0F, 3.5e-40F};
    const std::vector<double> second = {0.1, -7.0};
    const std::int64_t third = -5;
    SafetensorsWriter file(path_, false, {{"format", "pt"}},
                           {{"a", {3}}, {"b", {2, 1}, "F64"}, {"a scalar", {}, "I64"}});
    file.write(std::span(first).first(1));
    file.write(std::span(first).subspan(1));
    file.write(std::span<const double>(second));
    file.write(std::span(&third, 1));
    file.publish();
    const auto back = open_safetensors(path_);
    ASSERT_EQ(back->tensors().size(), 3U);
    EXPECT_EQ(back->tensors()[1].dtype, "F64");
    EXPECT_EQ(back->tensors()[1].shape, (std::vector<std::int64_t>{2, 1}));
    std::vector<float> values(3);
    back->read_float32(0, 0, values);
    EXPECT_EQ(std::memcmp(values.data(), first.data(), sizeof(float) * 3), 0);
    back->read_float32(2, 0, std::span(values).first(1));
    EXPECT_EQ(values[0], -5.0F);
    EXPECT_EQ(back->metadata().at("format"), "pt");
}

TEST_F(WrittenSafetensors, BeginsItsDataAtAMultipleOfEight) {
    write({{"odd name", {2}}}, {1.0F, 2.0F});
    EXPECT_EQ(open_safetensors(path_)->tensors()[0].offset % 8, 0U);
}

TEST_F(WrittenSafetensors, DoesNotAppearUnlessTheTensorsAreFull) {
    EXPECT_THROW(write({{"a", {3}}}, {1.0F, 2.0F}), std::invalid_argument);
    EXPECT_THROW(write({{"a", {1}}}, {1.0F, 2.0F}), std::invalid_argument);
    EXPECT_THROW(write({{"a", {1}}, {"a", {1}}}, {1.0F, 2.0F}), std::invalid_argument);
    EXPECT_THROW(write({{"a", {0}}}, {}), std::invalid_argument);
    EXPECT_THROW(write({{"a", {2}, "Q4_1"}}, {}), std::invalid_argument);
    EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
}

}  // namespace
}  // namespace gatescope
