// What an honest file of torch.save gives: the goldens' tensors as torch itself has them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>
#include <map>

#include "model/checkpoint/checkpoint_reader.h"
#include "model/checkpoint/safetensors_file.h"
#include "model/checkpoint/torch_file.h"
#include "model/core/error.h"
#include "tests/support/safetensors_bytes.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/torch_bytes.h"

namespace gatescope {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;

const fs::path kGoldens = fs::path(GATESCOPE_GOLDEN_DIR) / "formats";

using Tensors = std::map<std::string, std::pair<std::vector<std::int64_t>, std::vector<float>>>;

Tensors all_of(const TensorFile& file) {
    Tensors out;
    for (std::size_t n = 0; n < file.tensors().size(); ++n) {
        const TensorInfo& tensor = file.tensors()[n];
        std::vector<float> values(static_cast<std::size_t>(tensor.element_count()));
        file.read_float32(n, 0, values);
        out[tensor.name] = {tensor.shape, values};
    }
    return out;
}

class TorchGolden : public testing::TestWithParam<const char*> {};

TEST_P(TorchGolden, EqualsWhatTorchReads) {
    const std::string name = GetParam();
    const Tensors got = all_of(*open_torch_file(kGoldens / (name + ".pt")));
    const Tensors wanted = all_of(*open_safetensors(kGoldens / (name + ".safetensors")));
    ASSERT_EQ(got.size(), wanted.size());
    for (const auto& [tensor, value] : wanted) {
        ASSERT_TRUE(got.contains(tensor)) << tensor;
        EXPECT_EQ(got.at(tensor).first, value.first) << tensor;
        EXPECT_EQ(got.at(tensor).second, value.second) << tensor;
    }
}

INSTANTIATE_TEST_SUITE_P(Goldens, TorchGolden, testing::Values("state", "wrapped"));

TEST(Torch, ReadsSomeRowsOfATensorThatLiesColumnByColumn) {
    const auto file = open_torch_file(kGoldens / "state.pt");
    std::size_t index = 0;
    while (file->tensors()[index].name != "transposed") ++index;
    std::vector<float> whole(24), part(8);
    file->read_float32(index, 0, whole);
    file->read_float32(index, 2, part);
    EXPECT_TRUE(std::equal(part.begin(), part.end(), whole.begin() + 8));
    EXPECT_THROW(file->read_float32(index, 5, part), Failure);
    file->release(index);
    file->read_float32(index, 2, part);
    EXPECT_EQ(part[0], whole[8]);
}

// One tensor "w" of 4 floats under these pickled keys, outermost first.
std::string nested(const std::vector<std::string>& keys) {
    std::string value = pickled::dict({{"w", pickled::tensor(pickled::storage("0", 4), 0, {4}, {1})}});
    for (auto key = keys.rbegin(); key != keys.rend(); ++key) value = pickled::dict({{*key, value}});
    return torch_bytes(pickled::pickle(value));
}

std::string only_name(const TemporaryFolder& folder, const std::string& bytes) {
    const auto file = open_torch_file(write_file(folder / "m.pt", bytes));
    return file->tensors().size() == 1 ? file->tensors()[0].name : "not one tensor";
}

TEST(Torch, TakesOffTheDictionaryThatTrainersWrapAroundTheWeights) {
    const TemporaryFolder folder;
    for (const char* key : {"state_dict", "model_state_dict", "model", "module"})
        EXPECT_EQ(only_name(folder, nested({key})), "w");
    EXPECT_EQ(only_name(folder, nested({"state_dict", "model"})), "w");
    EXPECT_THROW(only_name(folder, nested({"another"})), Failure);
}

TEST(Torch, TakesOffPrefixesThatAllNamesHave) {
    const TemporaryFolder folder;
    const auto named = [&](const std::vector<std::string>& names) {
        std::vector<std::pair<std::string, std::string>> items;
        for (const std::string& name : names)
            items.emplace_back(name, pickled::tensor(pickled::storage("0", 4), 0, {4}, {1}));
        const auto file =
            open_torch_file(write_file(folder / "m.pt", torch_bytes(pickled::pickle(pickled::dict(items)))));
        std::vector<std::string> out;
        for (const TensorInfo& tensor : file->tensors()) out.push_back(tensor.name);
        return out;
    };
    EXPECT_THAT(named({"module.a", "module.b"}), ElementsAre("a", "b"));
    EXPECT_THAT(named({"module._orig_mod.a"}), ElementsAre("a"));
    EXPECT_THAT(named({"module.a", "b"}), ElementsAre("module.a", "b"));
    EXPECT_THAT(named({"a", "b", "a"}), ElementsAre("a", "b"));
}

TEST(Torch, AFolderWithOneIsACheckpoint) {
    const TemporaryFolder folder;
    write_file(folder / "config.json", "{}");
    write_file(folder / "training_args.bin", "PK\x03\x04");
    write_file(folder / "optimizer.pt", "PK\x03\x04");
    write_file(folder / "model.pt", nested({}));
    EXPECT_EQ(open_checkpoint(folder.path())->format(), "pytorch");
    fs::rename(folder / "model.pt", folder / "pytorch_model-00001-of-00001.bin");
    write_file(folder / "pytorch_model.bin.index.json", R"({"weight_map":{"w":"pytorch_model-00001-of-00001.bin"}})");
    EXPECT_NE(open_checkpoint(folder.path())->find("w"), nullptr);
}

}  // namespace
}  // namespace gatescope
