// Gate files as this program writes them, read back; and a frozen random gate that goes by way of a file.
#include "model/gates/gate_file_writer.h"

#include <ATen/ops/equal.h>
#include <gtest/gtest.h>

#include <limits>
#include <stdexcept>

#include "model/checkpoint/safetensors_file.h"
#include "model/core/error.h"
#include "model/gates/random_bilinear.h"
#include "tests/model/gates/gate_fixture.h"
#include "tests/support/temporary_folder.h"

namespace gatescope {
namespace {

class WrittenGateFile : public testing::Test {
  protected:
    void write(const std::vector<GateFileTensor>& tensors, bool overwrite = false) const {
        write_gate_file(path_, overwrite,
                        {"learned", "kl", 64, 300, "ab", {{"rope", "1"}, {"text", "\"a\"\n\xff"}, {"k", "no"}}},
                        tensors);
    }

    TemporaryFolder folder_;
    std::filesystem::path path_ = folder_ / "gate.safetensors";
    std::vector<float> values_ = {1.0F, -2.5F, 3.0F, 0.25F, 5.0F, 6.0F};
};

TEST_F(WrittenGateFile, SaysWhatItIsAndHoldsTheValuesToTheBit) {
    write({{3, "query", {1, 2, 3}, values_}, {3, "key", {1, 3, 2}, values_}});
    const auto file = open_safetensors(path_);
    EXPECT_EQ(file->metadata().at("format"), "gatescope-gate");
    EXPECT_EQ(file->metadata().at("version"), "1.0");
    EXPECT_EQ(file->metadata().at("kind"), "learned");
    EXPECT_EQ(file->metadata().at("loss"), "kl");
    EXPECT_EQ(file->metadata().at("k"), "64");
    EXPECT_EQ(file->metadata().at("steps"), "300");
    EXPECT_EQ(file->metadata().at("model_sha256"), "ab");
    EXPECT_EQ(file->metadata().at("rope"), "1");
    const GateFile gate(path_, "learned",
                        {{"query", {GateDimension::kHeads, GateDimension::kModel, GateDimension::kGate}},
                         {"key", {GateDimension::kHeads, GateDimension::kGate, GateDimension::kModel}}});
    EXPECT_EQ(gate.read(3, "query"), values_);
    EXPECT_EQ(gate.shape(3, "key"), (std::vector<std::int64_t>{1, 3, 2}));
}

TEST_F(WrittenGateFile, IsReplacedOnlyWhereThatIsAllowed) {
    write({{0, "query", {6}, values_}});
    EXPECT_THROW(write({{0, "query", {6}, values_}}), Failure);
    write({{0, "query", {3}, std::span(values_).first(3)}}, true);
    EXPECT_EQ(open_safetensors(path_)->tensors()[0].shape, (std::vector<std::int64_t>{3}));
}

TEST_F(WrittenGateFile, IsNotBegunWhereShapesOrValuesAreWrong) {
    EXPECT_THROW(write({{0, "query", {7}, values_}}), std::invalid_argument);
    EXPECT_THROW(write({{0, "query", {6}, values_}, {0, "query", {6}, values_}}), std::invalid_argument);
    values_[4] = std::numeric_limits<float>::infinity();
    EXPECT_THROW(write({{0, "query", {6}, values_}}), Failure);
    EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
}

TEST_F(WrittenGateFile, ARandomGateByWayOfAFileKeepsTheVeryKeysItDraws) {
    const testing_support::Layer layer;
    const BilinearArrays drawn = random_arrays(5, {layer.layer, layer.heads, 16, 8});
    const auto span_of = [](const at::Tensor& array) {
        return std::span(array.const_data_ptr<float>(), static_cast<std::size_t>(array.numel()));
    };
    write({{layer.layer, "query", drawn.query_HDC.sizes().vec(), span_of(drawn.query_HDC)},
           {layer.layer, "key", drawn.key_HDC.sizes().vec(), span_of(drawn.key_HDC)}});
    const std::string learned = "learned:k=6,file=\"" + path_.string() + "\"";
    EXPECT_TRUE(at::equal(testing_support::kept_keys(learned, layer),
                          testing_support::kept_keys("random:k=6,gate_dim=8,seed=5", layer)));
    EXPECT_FALSE(at::equal(testing_support::kept_keys(learned, layer),
                           testing_support::kept_keys("random:k=6,gate_dim=8,seed=6", layer)));
}

}  // namespace
}  // namespace gatescope
