#pragma once
// A session of the whole engine on a tiny random model and text, measured.

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>

#include "app/engine/session.h"
#include "tests/support/speaking_llama.h"
#include "tests/support/temporary_folder.h"

namespace gatescope {

using Picture = std::shared_ptr<const Snapshot>;

class EngineFixture : public testing::Test {
  protected:
    static constexpr std::chrono::seconds kLongest{120};

    void SetUp() override {
        setenv("XDG_CACHE_HOME", (folder_.path() / "cache").c_str(), 1);
        setenv("HOME", folder_.path().c_str(), 1);
        write_model("model.gguf", 1);
        std::ofstream text(folder_.path() / "text.txt");
        for (int n = 0; n < 60; ++n) text << "the " << n << "th of the aaaa; ";
        text.close();
        Settings settings;
        settings.model_path = path("model.gguf");
        settings.text_path = path("text.txt");
        settings.window_length = 32;
        settings.windows = 4;
        settings.device = "cpu";
        session_ = std::make_unique<Session>(settings, [] {});
        wait([](const Snapshot& snapshot) { return snapshot.run && snapshot.run->complete && snapshot.jobs.empty(); });
    }

    void write_model(const std::string& name, std::uint32_t seed) const {
        TinyLlama shape;
        shape.seed = seed;
        speaking_llama(shape).write(folder_.path() / name);
    }
    std::string path(const std::string& name) const { return (folder_.path() / name).string(); }

    Picture wait(const std::function<bool(const Snapshot&)>& wanted) {
        Picture picture = session_->wait(wanted, kLongest);
        EXPECT_NE(picture, nullptr) << "never came about";
        return picture ? picture : session_->snapshot();
    }

    TemporaryFolder folder_;
    std::unique_ptr<Session> session_;
};

}  // namespace gatescope
