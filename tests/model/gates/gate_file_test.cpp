// Gate files: what is read, and every fault by name.
#include "model/gates/gate_file.h"

#include <gtest/gtest.h>

#include "model/core/error.h"
#include "model/gates/gate_info.h"
#include "tests/support/gate_file_bytes.h"
#include "tests/support/temporary_folder.h"

namespace gatescope {
namespace {

using Tensors = std::vector<FloatTensor>;

class GateFiles : public testing::Test {
  protected:
    GateFiles() {
        config_.n_layers = 2;
        config_.n_heads = config_.n_kv_heads = 4;
        config_.d_model = 16;
    }
    void write(const GateFileShape& shape = {}, const std::function<void(Tensors&)>& change = {}) {
        write_file(path_, gate_file_bytes(shape, change));
    }
    std::string gate(const std::string& more = {}) const {
        return "learned:k=5,file=\"" + path_.string() + "\"" + more;
    }
    // The line that refuses the gate on a model whose weights have the hash "ab"; empty where it is taken.
    std::string refusal(const std::string& more = {}) const {
        try {
            check_gate_files(parse_gate(gate(more)), config_, "ab");
            return {};
        } catch (const Failure& failure) {
            return failure.what();
        }
    }
    void expect_refused(const std::string& part, const std::string& more = {}) const {
        const std::string line = refusal(more);
        EXPECT_NE(line.find(part), std::string::npos) << line;
        EXPECT_NE(line.find(path_.string()), std::string::npos) << "which file? " << line;
    }

    TemporaryFolder folder_;
    std::filesystem::path path_ = folder_ / "gate.safetensors";
    ModelConfig config_;
};

TEST_F(GateFiles, AnHonestOneIsTakenAndRead) {
    write();
    EXPECT_EQ(refusal(), "");
    const GateFile file(path_, "learned",
                        {{"query", {GateDimension::kHeads, GateDimension::kModel, GateDimension::kGate}},
                         {"key", {GateDimension::kHeads, GateDimension::kModel, GateDimension::kGate}}});
    EXPECT_EQ(file.gate_dim(), 6);
    EXPECT_TRUE(file.has_layer(1));
    EXPECT_FALSE(file.has_layer(2));
    EXPECT_EQ(file.shape(1, "key"), (std::vector<std::int64_t>{4, 16, 6}));
    const std::vector<float> values = file.read(0, "query");
    ASSERT_EQ(values.size(), 4U * 16 * 6);
    EXPECT_FLOAT_EQ(values[1], std::sin(6.0F));
    EXPECT_THROW(file.read(2, "query"), Failure);
}

TEST_F(GateFiles, MetadataSaysWhatItIs) {
    for (const auto& [key, value, part] :
         std::vector<std::array<std::string, 3>>{{"format", "something", "is no gate file"},
                                                 {"version", "99.0", "version 99.0"},
                                                 {"kind", "indexer", "kind indexer, not learned"},
                                                 {"model_sha256", "cd", "another model"}}) {
        GateFileShape shape;
        shape.metadata[key] = value;
        write(shape);
        expect_refused(part);
        shape.metadata.erase(key);
        write(shape);
        EXPECT_NE(refusal(), "") << "without " << key;
    }
    write_file(path_, gate_file_bytes({.metadata = {}}));
    expect_refused("is no gate file");
}

TEST_F(GateFiles, OneOfAnotherModelIsTakenWhenAskedFor) {
    GateFileShape shape;
    shape.metadata["model_sha256"] = "cd";
    write(shape);
    expect_refused("other_model=1");
    EXPECT_EQ(refusal(",other_model=1"), "");
    shape.metadata.erase("model_sha256");
    write(shape);
    EXPECT_EQ(refusal(",other_model=1"), "");
}

TEST_F(GateFiles, ShapesAreTheModels) {
    write({.heads = 3});
    expect_refused("layers.0.query: is for 3 heads, the model has 4");
    write({.d_model = 20});
    expect_refused("layers.0.query: is for 20 channels, the model has 16");
    write({}, [](Tensors& tensors) { tensors[2].shape = "[4,12,8]"; });
    expect_refused("layers.1.query: is 8 wide, others 6");
    write({}, [](Tensors& tensors) { tensors[0].shape = "[64,6]"; });
    expect_refused("layers.0.query: has 2 dimensions, not 3");
    write({}, [](Tensors& tensors) { tensors[0] = {"layers.0.query", "[4,16,0]", {}}; });
    expect_refused("layers.0.query: is empty");
}

TEST_F(GateFiles, EveryLayerThatTheGateIsOnIsThere) {
    write({.layers = 1});
    expect_refused("layers.1.query: is missing");
    EXPECT_EQ(refusal("@0"), "") << "a gate on layer 0 alone needs no more";
    write({.layers = 4});
    expect_refused("layers.3.query: the model has only 2 layers");
    write({}, [](Tensors& tensors) { tensors.erase(tensors.begin() + 3); });
    expect_refused("layers.1.key: is missing");
    write({.layers = 0});
    expect_refused("holds no tensors");
}

TEST_F(GateFiles, OtherTensorsAreRefused) {
    for (const char* name : {"layers.0.value", "layers.-1.query", "layers.01.query", "layers..query", "layers.0",
                             "layer.0.query", "layers.99999999999999999999.query", "layers.0.query.more"}) {
        write({}, [&](Tensors& tensors) { tensors[0].name = name; });
        expect_refused(name);
    }
}

TEST_F(GateFiles, ValuesAreFinite) {
    for (const float bad : {std::nanf(""), INFINITY}) {
        write({}, [&](Tensors& tensors) { tensors[3].values.back() = bad; });
        expect_refused("layers.1.key: holds values that are not finite");
    }
}

TEST_F(GateFiles, OtherTypesAreRefused) {
    const std::string header = R"({"__metadata__":{"format":"gatescope-gate","version":"1.0","kind":"learned"},)" +
                               safetensors_entry("layers.0.query", "F16", "[4,16,6]", 0, 768) + "}";
    write_file(path_, safetensors_bytes(header, std::string(768, '\0')));
    expect_refused("layers.0.query: is F16");
}

TEST_F(GateFiles, OneThatEndsAnywhereIsRefused) {
    const std::string whole = gate_file_bytes({.layers = 1, .heads = 4, .d_model = 16, .gate_dim = 1});
    for (std::size_t size = 0; size < whole.size(); size += 1 + size / 16) {
        write_file(path_, whole.substr(0, size));
        expect_refused("");
        EXPECT_NE(refusal(), "") << size;
    }
}

TEST_F(GateFiles, AMissingOneIsNamed) {
    path_ = folder_ / "none.safetensors";
    expect_refused("no such file");
}

TEST_F(GateFiles, OneTrainedWithRopeIsNotUsedWithout) {
    GateFileShape shape;
    shape.metadata["rope"] = "1";
    write(shape);
    expect_refused("add rope=1");
    EXPECT_EQ(refusal(",rope=1"), "");
}

TEST_F(GateFiles, OneTrainedOnBlocksOfASizeIsUsedOnThose) {
    GateFileShape shape = gate_file_shape_of("block-learned");
    shape.metadata["block"] = "4";
    write(shape);
    const std::string file = ",n=2,file=\"" + path_.string() + "\"";
    EXPECT_NO_THROW(check_gate_files(parse_gate("block-learned:b=4" + file), config_, "ab"));
    try {
        check_gate_files(parse_gate("block-learned:b=8" + file), config_, "ab");
        FAIL() << "was taken";
    } catch (const Failure& failure) {
        const std::string line = failure.what();
        EXPECT_NE(line.find("blocks of 4 keys, not 8; write b=4"), std::string::npos) << line;
        EXPECT_NE(line.find(path_.string()), std::string::npos);
    }
    shape.metadata.erase("block");
    write(shape);
    EXPECT_NO_THROW(check_gate_files(parse_gate("block-learned:b=8" + file), config_, "ab")) << "it does not say";
}

TEST_F(GateFiles, RotatedOnesFitModelsThatRotate) {
    write();
    EXPECT_EQ(refusal(",rope=1"), "");
    write({.gate_dim = 5});
    expect_refused("odd", ",rope=1");
    write();
    config_.learned_positions = true;
    EXPECT_NE(refusal(",rope=1").find("doesn't rotate"), std::string::npos);
}

}  // namespace
}  // namespace gatescope
