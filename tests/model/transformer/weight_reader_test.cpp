// Every way in which a family may keep a weight comes out as the canonical tensor. The file's value n is n.
#include "model/transformer/weight_reader.h"

#include <ATen/ops/empty.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <numeric>

#include "model/core/error.h"

namespace gatescope {
namespace {

class OneTensor : public CheckpointReader {
  public:
    explicit OneTensor(std::vector<std::int64_t> shape, const std::string& dtype = "F32")
        : tensors_{{"w", std::move(shape), dtype, 0, 0}} {
        values.resize(static_cast<std::size_t>(tensors_[0].element_count()));
        std::iota(values.begin(), values.end(), 0.0F);
    }
    std::string format() const override { return "numbers"; }
    MetadataKind metadata_kind() const override { return MetadataKind::kConfigJson; }
    std::filesystem::path folder() const override { return {}; }
    std::vector<std::filesystem::path> weight_files() const override { return {}; }
    const std::vector<TensorInfo>& tensors() const override { return tensors_; }
    const nlohmann::json& metadata() const override { return metadata_; }
    void read_float32(const TensorInfo& tensor, std::int64_t first_row, std::span<float> out) const override {
        const auto first = static_cast<std::size_t>(first_row * tensor.shape.back());
        ASSERT_LE(first + out.size(), values.size());
        std::copy_n(values.begin() + static_cast<std::ptrdiff_t>(first), out.size(), out.begin());
    }
    bool read_bfloat16(const TensorInfo& tensor, std::int64_t first_row, std::span<std::uint16_t> out) const override {
        if (tensor.dtype != "BF16") return false;
        std::vector<float> rows(out.size());
        read_float32(tensor, first_row, rows);
        for (std::size_t n = 0; n < out.size(); ++n)
            out[n] = static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(rows[n]) >> 16);
        return true;
    }
    void release(const TensorInfo&) const override {}

    std::vector<float> values;

  private:
    std::vector<TensorInfo> tensors_;
    nlohmann::json metadata_;
};

ModelConfig config_of(std::int64_t d_head) {
    ModelConfig config;
    config.d_head = config.rope_dims = d_head;
    return config;
}

std::vector<float> read(const OneTensor& file, const std::vector<std::int64_t>& shape, StoredTensor stored,
                        std::int64_t d_head = 1, at::ScalarType dtype = at::kFloat) {
    const ModelConfig config = config_of(d_head);
    const BoundTensor bound{{Weight::kQuery, 0, shape}, file.tensors().data(), std::move(stored)};
    const at::Tensor out = at::empty(shape, dtype);
    WeightReader(file, config).read(bound, out);
    const at::Tensor values = out.to(at::kFloat);
    return {values.data_ptr<float>(), values.data_ptr<float>() + values.numel()};
}

using Values = std::vector<float>;

TEST(WeightReader, ReadsAMatrixAsItStands) {
    EXPECT_EQ(read(OneTensor({2, 3}), {2, 3}, {.name = "w"}), (Values{0, 1, 2, 3, 4, 5}));
    EXPECT_EQ(read(OneTensor({2, 3}), {2, 3}, {.name = "w"}, 1, at::kBFloat16), (Values{0, 1, 2, 3, 4, 5}));
}

TEST(WeightReader, TakesOnePartOfStackedMatrices) {
    EXPECT_EQ(read(OneTensor({6, 1}), {2, 1}, {.name = "w", .part = 1, .parts = 3}), (Values{2, 3}));
}

TEST(WeightReader, TakesOnePartOfMatricesThatLieHeadByHead) {
    const StoredTensor key{.name = "w", .order = RowOrder::kPartsByHead, .part = 1, .parts = 3};
    EXPECT_EQ(read(OneTensor({12, 1}), {4, 1}, key, 2), (Values{2, 3, 8, 9}));
}

TEST(WeightReader, TurnsATransposedMatrix) {
    EXPECT_EQ(read(OneTensor({2, 3}), {3, 2}, {.name = "w", .transposed = true}), (Values{0, 3, 1, 4, 2, 5}));
}

TEST(WeightReader, TakesOnePartOfATransposedStack) {
    const StoredTensor value{.name = "w", .part = 2, .parts = 3, .transposed = true};
    EXPECT_EQ(read(OneTensor({2, 6}), {2, 2}, value), (Values{4, 10, 5, 11}));
    EXPECT_EQ(read(OneTensor({2, 6}), {2, 2}, value, 1, at::kBFloat16), (Values{4, 10, 5, 11}));
}

TEST(WeightReader, OrdersRotatedPairsHalfSplit) {
    const StoredTensor pairs{.name = "w", .order = RowOrder::kInterleavedPairs};
    EXPECT_EQ(read(OneTensor({8, 1}), {8, 1}, pairs, 4), (Values{0, 2, 1, 3, 4, 6, 5, 7}));
}

TEST(WeightReader, OrdersABiasAsTheRowsOfItsMatrix) {
    EXPECT_EQ(read(OneTensor({6}), {2}, {.name = "w", .part = 2, .parts = 3}), (Values{4, 5}));
    const StoredTensor query{.name = "w", .order = RowOrder::kPartsByHead, .part = 0, .parts = 3};
    EXPECT_EQ(read(OneTensor({12}), {4}, query, 2), (Values{0, 1, 6, 7}));
}

TEST(WeightReader, AddsWhatTheFileLeavesOut) {
    EXPECT_EQ(read(OneTensor({3}), {3}, {.name = "w", .added = 1}), (Values{1, 2, 3}));
}

TEST(WeightReader, ReadsMatricesOfMorePiecesThanOne) {
    const std::vector<std::int64_t> shape{700, 300};
    EXPECT_EQ(read(OneTensor(shape), shape, {.name = "w"}), OneTensor(shape).values);
    const Values turned = read(OneTensor({300, 700}), shape, {.name = "w", .transposed = true});
    for (std::size_t row = 0; row < 700; ++row)
        for (std::size_t column = 0; column < 300; ++column)
            ASSERT_EQ(turned[row * 300 + column], static_cast<float>(column * 700 + row));
}

TEST(WeightReader, TakesBfloat16AsTheFileHasItUnlessSomethingIsAdded) {
    const StoredTensor key{.name = "w", .order = RowOrder::kPartsByHead, .part = 1, .parts = 3};
    EXPECT_EQ(read(OneTensor({12, 1}, "BF16"), {4, 1}, key, 2, at::kBFloat16), (Values{2, 3, 8, 9}));
    EXPECT_EQ(read(OneTensor({2, 2}, "BF16"), {2, 2}, {.name = "w", .added = 1}, 1, at::kBFloat16),
              (Values{1, 2, 3, 4}));
    OneTensor file({2, 2}, "BF16");
    file.values[3] = std::numeric_limits<float>::infinity();
    EXPECT_THROW(read(file, {2, 2}, {.name = "w"}, 1, at::kBFloat16), Failure);
}

TEST(WeightReader, RoundsToBfloat16AsTorchDoes) {
    OneTensor file({1, 512});
    for (std::size_t n = 0; n < 512; ++n)
        file.values[n] = std::ldexp(1.0F + static_cast<float>(n) / 512.0F, static_cast<int>(n % 40) - 20) *
                         (n % 2 == 0 ? 1.0F : -1.0F);
    const Values got = read(file, {1, 512}, {.name = "w"}, 1, at::kBFloat16);
    for (std::size_t n = 0; n < 512; ++n) EXPECT_EQ(got[n], static_cast<float>(at::BFloat16(file.values[n])));
}

TEST(WeightReader, ReadsSingleRowsByTheirNumbers) {
    const OneTensor file({8, 3});
    const ModelConfig config = config_of(4);
    const BoundTensor bound{{Weight::kEmbedding, -1, {8, 3}}, file.tensors().data(), {.name = "w"}};
    const at::Tensor out = at::empty({3, 3}, at::kFloat);
    const std::vector<std::int32_t> ids = {7, 0, 7};
    WeightReader(file, config).read_rows(bound, ids, out);
    EXPECT_EQ(Values(out.data_ptr<float>(), out.data_ptr<float>() + 9), (Values{21, 22, 23, 0, 1, 2, 21, 22, 23}));
}

TEST(WeightReader, RefusesWholeNumbersInAWeightsPlace) {
    try {
        read(OneTensor({2, 2}, "I32"), {2, 2}, {.name = "w"});
        FAIL() << "was read";
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.kind(), FailureKind::kUnsupported);
        EXPECT_EQ(failure.fault(), "tensor w holds whole numbers (I32)");
    }
}

TEST(WeightReader, NamesATensorThatHoldsNanOrInfinity) {
    for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()})
        for (const bool transposed : {false, true}) {
            OneTensor file({2, 2});
            file.values[3] = bad;
            try {
                read(file, {2, 2}, {.name = "w", .transposed = transposed});
                FAIL() << "was read";
            } catch (const Failure& failure) {
                EXPECT_EQ(std::string(failure.what()), "tensor w holds NaN or infinity");
            }
        }
}

}  // namespace
}  // namespace gatescope
