// A Hugging Face checkpoint: which files of a folder are its weights, and what is said when one is missing or lies.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "model/checkpoint/checkpoint_reader.h"
#include "model/core/error.h"
#include "tests/support/gguf_builder.h"
#include "tests/support/safetensors_bytes.h"
#include "tests/support/temporary_folder.h"

namespace gatescope {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

const std::string kConfig = R"({"model_type":"llama"})";

std::string file_with(const std::string& name, float value) {
    return safetensors_of({{name, "[1]", {value}}});
}

class HfFolder : public testing::Test {
  protected:
    fs::path write(const std::string& name, std::string_view bytes) { return write_file(folder_ / name, bytes); }

    std::unique_ptr<CheckpointReader> open(const std::string& name = "") const {
        return open_checkpoint(name.empty() ? folder_.path() : folder_ / name);
    }

    std::string refusal(const std::string& name = "") const {
        try {
            open(name);
        } catch (const Failure& failure) {
            return failure.what();
        }
        return "was opened";
    }

    void write_two_shards(const std::string& map) {
        write("config.json", kConfig);
        write("1.safetensors", file_with("a", 1));
        write("2.safetensors", file_with("b", 2));
        write("model.safetensors.index.json", "{\"metadata\":{},\"weight_map\":" + map + "}");
    }

    TemporaryFolder folder_;
};

float first_value(const CheckpointReader& reader, const std::string& name) {
    float out = 0;
    reader.read_float32(*reader.find(name), 0, {&out, 1});
    return out;
}

TEST_F(HfFolder, OfATrainingRunIsItsModelAlone) {
    write("config.json", kConfig);
    write("model.safetensors", file_with("w", 1));
    write("gate.safetensors", file_with("layers.0.query", 2));
    write("trainer.safetensors", file_with("moments", 3));
    write("trainer.json", "{}");
    const auto reader = open();
    ASSERT_EQ(reader->tensors().size(), 1U);
    EXPECT_EQ(first_value(*reader, "w"), 1);
    EXPECT_EQ(reader->weight_files().size(), 1U);
}

TEST_F(HfFolder, IsItsConfigAndItsWeights) {
    write("config.json", kConfig);
    write("model.safetensors", file_with("w", 3));
    const auto reader = open();
    EXPECT_EQ(reader->format(), "safetensors");
    EXPECT_EQ(reader->metadata_kind(), MetadataKind::kConfigJson);
    EXPECT_EQ(reader->metadata()["model_type"], "llama");
    EXPECT_EQ(reader->folder(), folder_.path());
    EXPECT_THAT(reader->weight_files(), ElementsAre(folder_ / "model.safetensors"));
    EXPECT_EQ(first_value(*reader, "w"), 3);
}

TEST_F(HfFolder, ALoneFileTakesTheConfigBesideIt) {
    write("config.json", kConfig);
    write("weights.safetensors", file_with("w", 3));
    EXPECT_EQ(first_value(*open("weights.safetensors"), "w"), 3);
    EXPECT_EQ(open()->tensors().size(), 1u);
}

TEST_F(HfFolder, ALoneFileWithoutAConfigSaysThatItMissesIt) {
    write("m.safetensors", file_with("w", 3));
    EXPECT_THAT(refusal("m.safetensors"), HasSubstr("m.safetensors: no config.json beside it"));
}

TEST_F(HfFolder, ShardsAreOneCheckpointThroughTheirIndex) {
    write_two_shards(R"({"a":"1.safetensors","b":"2.safetensors"})");
    for (const char* name : {"", "model.safetensors.index.json"}) {
        const auto reader = open(name);
        EXPECT_THAT(reader->weight_files(), ElementsAre(folder_ / "1.safetensors", folder_ / "2.safetensors"));
        EXPECT_EQ(first_value(*reader, "a"), 1);
        EXPECT_EQ(first_value(*reader, "b"), 2);
        reader->release(*reader->find("b"));
    }
}

TEST_F(HfFolder, OfATensorInTwoShardsTheIndexSaysWhich) {
    write_two_shards(R"({"a":"1.safetensors","b":"2.safetensors"})");
    write("2.safetensors", safetensors_of({{"a", "[1]", {5}}, {"b", "[1]", {2}}}));
    EXPECT_EQ(first_value(*open(), "a"), 1);
}

TEST_F(HfFolder, AnIndexThatLiesIsNamed) {
    const auto said = [&](const std::string& map) {
        write_two_shards(map);
        return refusal();
    };
    EXPECT_THAT(said(R"({"a":"3.safetensors"})"), HasSubstr("3.safetensors: no such file"));
    EXPECT_THAT(said(R"({"a":"../1.safetensors"})"), HasSubstr("a: weight_map names \"../1.safetensors\""));
    EXPECT_THAT(said(R"({"a":"/1.safetensors"})"), HasSubstr("a file in the same folder is allowed"));
    EXPECT_THAT(said(R"({"a":".."})"), HasSubstr("a: weight_map names \"..\""));
    EXPECT_THAT(said(R"({"a":5})"), HasSubstr("a: weight_map names no file"));
    EXPECT_THAT(said("[1]"), HasSubstr("index.json: weight_map is no object"));
    EXPECT_THAT(said("{}"), HasSubstr("index.json: weight_map is no object"));
    EXPECT_THAT(said(R"({"a":"1.safetensors","b":"1.safetensors"})"),
                HasSubstr("index.json: b: is not in 1.safetensors, where the index says it is"));
    EXPECT_THAT(said("{"), HasSubstr("index.json: is not JSON"));
}

TEST_F(HfFolder, ShardsWithoutAnIndexMissIt) {
    write("config.json", kConfig);
    write("model-00001-of-00002.safetensors", file_with("a", 1));
    write("model-00002-of-00002.safetensors", file_with("b", 1));
    EXPECT_THAT(refusal(), HasSubstr("model.safetensors.index.json or"));
}

TEST_F(HfFolder, TheUsualNameGoesBeforeOthersAndOneOfSeveralMustBeNamed) {
    write("config.json", kConfig);
    write("a.safetensors", file_with("a", 1));
    write("b.safetensors", file_with("b", 1));
    EXPECT_THAT(refusal(), HasSubstr("name one of them: a.safetensors, b.safetensors"));
    write("model.safetensors", file_with("w", 1));
    EXPECT_NE(open()->find("w"), nullptr);
}

TEST_F(HfFolder, AnAdapterIsNoModel) {
    write("config.json", kConfig);
    write("adapter_config.json", "{}");
    write("adapter_model.safetensors", file_with("a", 1));
    EXPECT_THAT(refusal(), HasSubstr("an adapter to another model"));
}

TEST_F(HfFolder, OpensTheGgufThatIsAloneInIt) {
    GgufBuilder().write(folder_ / "m.gguf");
    EXPECT_EQ(open()->format(), "gguf");
}

TEST_F(HfFolder, WithoutWeightsSaysSo) {
    EXPECT_THAT(refusal(), HasSubstr("is a folder without weights; this version reads safetensors (.safetensors)"));
    write("config.json", kConfig);
    write("tf_model.h5", "\x89HDF\r\n");
    EXPECT_THAT(refusal(), HasSubstr("holds only weights of TensorFlow (tf_model.h5)"));
    EXPECT_THAT(refusal("config.json"), HasSubstr("name the folder that it lies in"));
}

TEST_F(HfFolder, FollowsLinksAsTheHubsCacheMakesThem) {
    fs::create_directories(folder_ / "blobs");
    write("blobs/1234", file_with("w", 3));
    write("config.json", kConfig);
    fs::create_symlink("blobs/1234", folder_ / "model.safetensors");
    EXPECT_EQ(first_value(*open(), "w"), 3);
}

TEST_F(HfFolder, ABrokenConfigIsNamed) {
    write("model.safetensors", file_with("w", 3));
    const auto said = [&](const std::string& config) {
        write("config.json", config);
        return refusal();
    };
    EXPECT_THAT(said(""), HasSubstr("config.json: is empty"));
    EXPECT_THAT(said("[]"), HasSubstr("config.json: is not a JSON object"));
    EXPECT_THAT(said("{'a': 1}"), HasSubstr("config.json: is not JSON in UTF-8 at byte 2"));
    EXPECT_THAT(said(std::string(100, '\0')), HasSubstr("config.json: is not JSON"));
    EXPECT_THAT(said("{\"model_type\":\"\xff\xfe\"}"), HasSubstr("config.json: is not JSON in UTF-8 at byte 16"));
    EXPECT_THAT(said("{\"a\":\"\\ud800\"}"), HasSubstr("config.json: is not JSON in UTF-8"));
    EXPECT_THAT(said("{\"a\":1e999}"), HasSubstr("config.json: holds a number that is out of range"));
    EXPECT_THAT(said("{\"a\":" + std::string(500'000, '[')), HasSubstr("config.json: is nested deeper than 100"));
    EXPECT_THAT(said("{\"a\":\"" + std::string(500'000, '[') + "\\\"[\"}"), HasSubstr("was opened"));
    fs::remove(folder_ / "config.json");
    fs::create_directory(folder_ / "config.json");
    EXPECT_THAT(refusal(), HasSubstr("config.json: is not a regular file"));
}

}  // namespace
}  // namespace gatescope
