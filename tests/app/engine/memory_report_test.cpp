#include "app/engine/memory_report.h"

#include <gtest/gtest.h>

#include "app/engine/size_text.h"
#include "model/core/last_part.h"

namespace gatescope {
namespace {

// 1000 weights; a window takes its length squared in bytes.
MemoryNeeds needs(const MemoryWish& wish) {
    const std::uint64_t value = wish.dtype == "bfloat16" ? 2 : 4;
    return {1000 * value, static_cast<std::uint64_t>(wish.window_length * wish.window_length)};
}

MemoryReport weighed(std::uint64_t bytes, std::uint64_t open_model = 0, const MemoryWish& wish = {"float32", 100}) {
    return weigh(needs, wish, {"cpu", bytes, open_model});
}

using Offers = std::vector<MemoryOffer>;

TEST(MemoryReport, FitsWhereThereIsAsMuchAsItNeedsAndWhereNobodyKnows) {
    EXPECT_TRUE(weighed(14000).fits);
    EXPECT_TRUE(weighed(14000).offers.empty());
    EXPECT_FALSE(weighed(13999).fits);
    EXPECT_TRUE(weighed(0).fits);
    EXPECT_EQ(weighed(0).weights_float32, 4000U);
    EXPECT_EQ(weighed(0).weights_bfloat16, 2000U);
    EXPECT_EQ(weighed(0).needs.total(), 14000U);
}

TEST(MemoryReport, OffersBfloat16AndTheLongestShorterWindow) {
    EXPECT_EQ(weighed(12500).offers, (Offers{{{"bfloat16", 100}, false, 12000}, {{"float32", 64}, false, 8096}}));
    EXPECT_EQ(weighed(11999).offers, (Offers{{{"float32", 64}, false, 8096}}));
}

TEST(MemoryReport, OffersBothTogetherOnlyWhereNeitherIsEnough) {
    EXPECT_EQ(weighed(7000).offers, (Offers{{{"bfloat16", 64}, false, 6096}}));
    EXPECT_TRUE(weighed(6000).offers.empty());
}

TEST(MemoryReport, OffersToCloseTheOpenModelWhereThatIsWhatIsMissing) {
    const MemoryReport report = weighed(12500, 1500);
    EXPECT_FALSE(report.fits);
    ASSERT_EQ(report.offers.size(), 3U);
    EXPECT_EQ(report.offers[0], (MemoryOffer{{"float32", 100}, true, 14000}));
    EXPECT_EQ(weighed(6000, 1500).offers, (Offers{{{"bfloat16", 64}, true, 6096}}));
}

TEST(MemoryReport, OffersNoWindowThatIsNotShorter) {
    EXPECT_TRUE(weighed(3000, 0, {"bfloat16", 64}).offers.empty());
    EXPECT_TRUE(weighed(1, 0, {"float32", 2}).offers.empty());
}

TEST(MemoryReport, SaysInOneLineWhatIsMissingAndWhatWouldHelp) {
    EXPECT_EQ(memory_fault(weighed(12500)), "float32 with windows of 100 tokens needs 14.0 kB, 12.5 kB are there");
    EXPECT_EQ(memory_hint(weighed(12500)), "bfloat16 or windows of 64 tokens would fit");
    EXPECT_EQ(memory_hint(weighed(7000)), "bfloat16 with windows of 64 tokens would fit");
    EXPECT_EQ(memory_hint(weighed(6000, 1500)),
              "bfloat16 with windows of 64 tokens and closing the open model first would fit");
    EXPECT_EQ(memory_hint(weighed(6000)), "neither bfloat16 nor shorter windows are enough");
}

TEST(SizeText, KeepsOneDigitBehindThePoint) {
    EXPECT_EQ(size_text(999), "999 bytes");
    EXPECT_EQ(size_text(1000), "1.0 kB");
    EXPECT_EQ(size_text(999'949), "999.9 kB");
    EXPECT_EQ(size_text(999'950), "1.0 MB");
    EXPECT_EQ(size_text(98'900'000), "98.9 MB");
    EXPECT_EQ(size_text(30'000'000'000), "30.0 GB");
    EXPECT_EQ(size_text(5'000'000'000'000'000), "5000.0 TB");
}

TEST(LastPart, IsTheNameOfAFileOrFolder) {
    EXPECT_EQ(last_part("/data/model.gguf"), "model.gguf");
    EXPECT_EQ(last_part("/data/gpt2/"), "gpt2");
    EXPECT_EQ(last_part("gpt2/."), "gpt2");
    EXPECT_EQ(last_part("sample"), "sample");
    EXPECT_EQ(last_part("/"), "/");
}

}  // namespace
}  // namespace gatescope
