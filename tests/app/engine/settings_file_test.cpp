#include "app/engine/settings_file.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "model/core/error.h"

namespace gatescope {
namespace {

namespace fs = std::filesystem;

class SettingsFile : public testing::Test {
  protected:
    void SetUp() override {
        const auto* test = testing::UnitTest::GetInstance()->current_test_info();
        folder_ = fs::path(testing::TempDir()) / (std::string("gatescope-settings-") + test->name());
        fs::remove_all(folder_);
        file_ = folder_ / "gatescope" / "session.json";
    }
    void TearDown() override { fs::remove_all(folder_); }
    void put(const std::string& contents) const {
        fs::create_directories(file_.parent_path());
        std::ofstream(file_, std::ios::binary) << contents;
    }
    fs::path folder_, file_;
};

TEST_F(SettingsFile, ComesBackAsItWasSaved) {
    SavedSession saved;
    saved.settings = {"/models/a b.gguf",       "sample", 256, 0, "cpu", "bfloat16", "oracle:k=64",
                      "window:local=60,sinks=4"};
    saved.window = {{"layout", "[Window][Head map]\nPos=1,2"}, {"recent", "[\"/models/a b.gguf\"]"}};
    save_session(saved, file_);
    const LoadedSession loaded = load_session(file_);
    EXPECT_EQ(loaded.problem, "");
    EXPECT_EQ(loaded.session.window, saved.window);
    EXPECT_EQ(loaded.session.settings.model_path, "/models/a b.gguf");
    EXPECT_EQ(loaded.session.settings.text_path, "sample");
    EXPECT_EQ(loaded.session.settings.window_length, 256);
    EXPECT_EQ(loaded.session.settings.windows, 0);
    EXPECT_EQ(loaded.session.settings.device, "cpu");
    EXPECT_EQ(loaded.session.settings.dtype, "bfloat16");
    EXPECT_EQ(loaded.session.settings.gate_a, "oracle:k=64");
    EXPECT_EQ(loaded.session.settings.gate_b, "window:local=60,sinks=4");
}

TEST_F(SettingsFile, AMissingFileIsAFirstStartWithoutAMessage) {
    const LoadedSession loaded = load_session(file_);
    EXPECT_EQ(loaded.problem, "");
    EXPECT_EQ(loaded.session.settings.window_length, 512);
}

TEST_F(SettingsFile, LeavesNothingBesideItself) {
    save_session({}, file_);
    save_session({}, file_);
    EXPECT_EQ(std::distance(fs::directory_iterator(file_.parent_path()), {}), 1);
}

TEST_F(SettingsFile, ABrokenFileGivesDefaultsAndAOneLineMessage) {
    const std::string cases[] = {"",
                                 "{",
                                 "[]",
                                 "null",
                                 R"({"model": 7})",
                                 R"({"window_length": "512"})",
                                 R"({"window_length": 1})",
                                 R"({"window_length": 1e30})",
                                 R"({"windows": -1})",
                                 R"({"windows": 99999999999999999999999})",
                                 R"({"window": ["recent"]})",
                                 R"({"window": {"recent": {}}})",
                                 R"({"gate_a": ")" + std::string(5000, 'x') + "\"}",
                                 std::string("\0\xff\xfe", 3),
                                 std::string(100000, '[')};
    for (const std::string& contents : cases) {
        put(contents);
        const LoadedSession loaded = load_session(file_);
        EXPECT_NE(loaded.problem, "") << contents.substr(0, 40);
        EXPECT_EQ(loaded.problem.find('\n'), std::string::npos);
        EXPECT_EQ(loaded.session.settings.window_length, 512);
        EXPECT_EQ(loaded.session.settings.gate_a, "dense");
        EXPECT_TRUE(loaded.session.window.empty());
    }
}

TEST_F(SettingsFile, AFolderInItsPlaceIsNoSession) {
    fs::create_directories(file_);
    EXPECT_NE(load_session(file_).problem, "");
    EXPECT_THROW(save_session({}, file_), Failure);
}

TEST_F(SettingsFile, ATargetThatCantBeWrittenIsNamed) {
    put("{}");
    try {
        save_session({}, file_ / "below" / "session.json");
        FAIL() << "wrote below a file";
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.kind(), FailureKind::kOutput);
        EXPECT_NE(failure.where().find("below"), std::string::npos);
    }
}

TEST_F(SettingsFile, LivesInTheConfigFolderAndIgnoresARelativeOne) {
    const std::string home = std::getenv("HOME") ? std::getenv("HOME") : "";
    const std::string config = std::getenv("XDG_CONFIG_HOME") ? std::getenv("XDG_CONFIG_HOME") : "";
    setenv("HOME", "/home/someone", 1);
    setenv("XDG_CONFIG_HOME", "/elsewhere", 1);
    EXPECT_EQ(session_file(), "/elsewhere/gatescope/session.json");
    setenv("XDG_CONFIG_HOME", "relative", 1);
    EXPECT_EQ(session_file(), "/home/someone/.config/gatescope/session.json");
    setenv("HOME", home.c_str(), 1);
    config.empty() ? unsetenv("XDG_CONFIG_HOME") : setenv("XDG_CONFIG_HOME", config.c_str(), 1);
}

}  // namespace
}  // namespace gatescope
