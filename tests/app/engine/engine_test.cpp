// The whole engine on a random model of a few thousand parameters: real files, real passes, real captures.

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <fstream>

#include "app/engine/session.h"
#include "tests/support/speaking_llama.h"
#include "tests/support/temporary_folder.h"

namespace gatescope {
namespace {

constexpr std::chrono::seconds kLongest{120};
constexpr std::int64_t kTokens = 32, kWindows = 4;
using Picture = std::shared_ptr<const Snapshot>;

bool measured(const Snapshot& snapshot) {
    return snapshot.run && snapshot.run->complete && snapshot.pattern && snapshot.jobs.empty() &&
           !snapshot.model->sha256.empty();
}

bool says(const Snapshot& snapshot, Severity severity) {
    return std::any_of(snapshot.messages.begin(), snapshot.messages.end(),
                       [&](const Message& message) { return message.severity == severity; });
}

std::string all_messages(const Snapshot& snapshot) {
    std::string out;
    for (const Message& message : snapshot.messages) out += message.text + "\n";
    return out;
}

class Engine : public testing::Test {
  protected:
    void SetUp() override {
        setenv("XDG_CACHE_HOME", (folder_.path() / "cache").c_str(), 1);
        setenv("HOME", folder_.path().c_str(), 1);
        write_model("model.gguf", 1);
        std::ofstream text(folder_.path() / "text.txt");
        for (int n = 0; n < 60; ++n) text << "the " << n << "th of the aaaa; ";
    }

    void write_model(const std::string& name, std::uint32_t seed) {
        TinyLlama shape;
        shape.seed = seed;
        speaking_llama(shape).write(folder_.path() / name);
    }

    std::string path(const std::string& name) const { return (folder_.path() / name).string(); }

    Picture start() {
        Settings settings;
        settings.model_path = path("model.gguf");
        settings.text_path = path("text.txt");
        settings.window_length = kTokens;
        settings.windows = kWindows;
        settings.device = "cpu";
        session_ = std::make_unique<Session>(settings, [] {});
        return wait(measured);
    }

    Picture wait(const std::function<bool(const Snapshot&)>& wanted) {
        Picture picture = session_->wait(wanted, kLongest);
        EXPECT_NE(picture, nullptr) << "never came about; messages:\n" << all_messages(*session_->snapshot());
        return picture ? picture : session_->snapshot();
    }

    TemporaryFolder folder_;
    std::unique_ptr<Session> session_;
};

TEST_F(Engine, OpensMeasuresAndShowsAPattern) {
    const Picture picture = start();
    ASSERT_NE(picture->run, nullptr) << all_messages(*picture);
    EXPECT_EQ(picture->run->windows_done, kWindows);
    EXPECT_GT(picture->run->dense.estimate.perplexity, 1.0);
    ASSERT_EQ(picture->pattern->probabilities.size(), static_cast<std::size_t>(kTokens * kTokens));
    for (std::size_t query = 0; query < kTokens; ++query) {
        double mass = 0;
        for (std::size_t key = 0; key < kTokens; ++key) mass += picture->pattern->probabilities[query * kTokens + key];
        EXPECT_NEAR(mass, 1.0, 1e-5);
    }
    EXPECT_EQ(picture->device, "cpu");
    EXPECT_GT(picture->threads, 0);
}

TEST_F(Engine, AGateChangesPerplexityAndMarksItsKeys) {
    start();
    session_->send(SetGate{GateSlot::kA, "oracle:k=2"});
    const Picture picture = wait([](const Snapshot& snapshot) {
        return snapshot.gate_a && measured(snapshot) && !snapshot.pattern->kept_a.empty();
    });
    const GateResult& gate = picture->run->gates[*picture->gate_a];
    EXPECT_TRUE(std::isfinite(gate.perplexity.estimate.perplexity));
    EXPECT_NE(gate.perplexity.estimate.perplexity, picture->run->dense.estimate.perplexity);
    EXPECT_GT(gate.sparsity, 0.9);
    const std::size_t last = (kTokens - 1) * kTokens;
    std::int64_t kept = 0;
    for (std::size_t key = 0; key < kTokens; ++key) kept += picture->pattern->kept_a[last + key];
    EXPECT_EQ(kept, 2);
}

TEST_F(Engine, AGateSetAgainGivesTheSameNumbers) {
    start();
    const auto perplexity_of = [&](const std::string& gate) {
        session_->send(SetGate{GateSlot::kB, gate});
        const Picture picture = wait([&](const Snapshot& snapshot) { return snapshot.gate_b && measured(snapshot); });
        const double value = picture->run->gates[*picture->gate_b].perplexity.estimate.perplexity;
        session_->send(SetGate{GateSlot::kB, "dense"});
        wait([](const Snapshot& snapshot) { return !snapshot.gate_b && measured(snapshot); });
        return value;
    };
    for (const std::string gate : {"oracle:k=4", "window:sinks=1,local=3", "strided:k=4", "uniform:k=4"}) {
        const double first = perplexity_of(gate);
        EXPECT_TRUE(std::isfinite(first)) << gate;
        EXPECT_EQ(first, perplexity_of(gate)) << gate;
    }
}

TEST_F(Engine, QuickTogglesEndWithTheLastGate) {
    start();
    for (int k = 1; k <= 50; ++k) session_->send(SetGate{GateSlot::kA, "oracle:k=" + std::to_string(1 + k % 7)});
    const Picture picture = wait([](const Snapshot& snapshot) { return snapshot.gate_a && measured(snapshot); });
    ASSERT_EQ(picture->run->gates.size(), 1U);
    EXPECT_EQ(print_gate(picture->run->gates[0].gate), "oracle:k=2");
    EXPECT_EQ(picture->run->gates[0].perplexity.estimate.windows, kWindows);
}

TEST_F(Engine, EveryHeadsMapComesOnDemand) {
    start();
    for (std::int64_t layer = 0; layer < 2; ++layer)
        for (std::int64_t head = 0; head < 4; ++head) {
            session_->send(ShowHead{layer, head, 1});
            wait([&](const Snapshot& snapshot) {
                return snapshot.pattern->layer == layer && snapshot.pattern->head == head &&
                       snapshot.pattern->window == 1;
            });
        }
}

TEST_F(Engine, ABrokenModelLeavesTheOldOneAtWork) {
    const Picture before = start();
    std::ofstream(path("broken.gguf")) << "GGUF, or so it says";
    session_->send(OpenModel{path("broken.gguf")});
    const Picture after = wait([](const Snapshot& snapshot) { return says(snapshot, Severity::kError); });
    EXPECT_EQ(after->model, before->model);
    EXPECT_NE(all_messages(*after).find("broken.gguf"), std::string::npos);
    session_->send(ShowHead{1, 1, 0});
    wait([](const Snapshot& snapshot) { return snapshot.pattern->layer == 1; });
}

TEST_F(Engine, AnotherModelBringsItsOwnNumbers) {
    const Picture before = start();
    write_model("other.gguf", 2);
    session_->send(OpenModel{path("other.gguf")});
    const Picture after =
        wait([](const Snapshot& snapshot) { return measured(snapshot) && snapshot.run->model->name == "other.gguf"; });
    EXPECT_NE(after->run->dense.estimate.nll, before->run->dense.estimate.nll);
    EXPECT_NE(after->run->model->sha256, before->run->model->sha256);
}

TEST_F(Engine, AnExportedCaptureOpensWithTheSameNumbers) {
    start();
    session_->send(SetGate{GateSlot::kA, "oracle:k=2"});
    session_->send(ExportCapture{path("out.h5")});
    wait([](const Snapshot& snapshot) { return says(snapshot, Severity::kSuccess); });
    session_->send(OpenCapture{path("out.h5")});
    const Picture picture = wait([](const Snapshot& snapshot) { return snapshot.capture && measured(snapshot); });
    const RunResult &run = *picture->run, &capture = *picture->capture;
    EXPECT_TRUE(capture.complete);
    EXPECT_EQ(capture.dense.estimate.nll, run.dense.estimate.nll);
    ASSERT_EQ(capture.gates.size(), 1U);
    EXPECT_EQ(capture.gates[0].perplexity.estimate.nll, run.gates[0].perplexity.estimate.nll);
    EXPECT_EQ(capture.model->sha256, run.model->sha256);
    EXPECT_EQ(capture.text->windows, run.text->windows);
    EXPECT_EQ(capture.concentration->figures.at("entropy").values, run.concentration->figures.at("entropy").values);
}

TEST_F(Engine, AnExportWithPatternsAndKeySetsHoldsThem) {
    start();
    session_->send(SetGate{GateSlot::kA, "oracle:k=2"});
    session_->send(ExportCapture{path("out.h5"), true, true});
    wait([](const Snapshot& snapshot) { return says(snapshot, Severity::kSuccess); });
    session_->send(OpenCapture{path("out.h5")});
    const Picture picture = wait([](const Snapshot& snapshot) { return snapshot.capture != nullptr; });
    EXPECT_EQ(picture->capture->patterns.size(), static_cast<std::size_t>(kWindows));
    ASSERT_EQ(picture->capture->gates.size(), 1U);
    EXPECT_NE(picture->capture->gates[0].masks, nullptr);
}

TEST_F(Engine, AnOpenCaptureShowsTheMapsThatItStores) {
    start();
    session_->send(SetGate{GateSlot::kA, "oracle:k=2"});
    session_->send(ExportCapture{path("out.h5"), true, true});
    wait([](const Snapshot& snapshot) { return says(snapshot, Severity::kSuccess); });
    session_->send(OpenCapture{path("out.h5")});
    wait([](const Snapshot& snapshot) { return snapshot.capture && snapshot.capture_pattern; });
    session_->send(ShowHead{1, 1, 0});
    const auto stored = wait([](const Snapshot& snapshot) {
                            return snapshot.capture_pattern && snapshot.capture_pattern->layer == 1;
                        })->capture_pattern;
    session_->send(CloseCapture{});
    const Picture live = wait([](const Snapshot& snapshot) {
        return !snapshot.capture && snapshot.pattern && snapshot.pattern->layer == 1 && measured(snapshot) &&
               !snapshot.pattern->kept_a.empty();
    });
    EXPECT_EQ(live->capture_pattern, nullptr);
    ASSERT_EQ(stored->probabilities.size(), live->pattern->probabilities.size());
    for (std::size_t cell = 0; cell < stored->probabilities.size(); ++cell)
        ASSERT_NEAR(stored->probabilities[cell], live->pattern->probabilities[cell], 1e-3);  // float16
    EXPECT_EQ(stored->kept_a, live->pattern->kept_a);
}

TEST_F(Engine, InductionScoresComeOnDemand) {
    start();
    session_->send(MeasureInduction{});
    const Picture picture =
        wait([](const Snapshot& snapshot) { return snapshot.run->concentration->figures.contains("induction_score"); });
    EXPECT_EQ(picture->run->windows_done, kWindows);
}

TEST_F(Engine, ATargetThatExistsIsRefusedAndLeftAlone) {
    start();
    std::ofstream(path("there.h5")) << "mine";
    session_->send(ExportCapture{path("there.h5")});
    wait([](const Snapshot& snapshot) { return says(snapshot, Severity::kError); });
    std::ifstream file(path("there.h5"));
    EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), "mine");
}

TEST_F(Engine, EndsWhileItIsBusy) {
    Settings settings;
    settings.model_path = path("model.gguf");
    settings.text_path = path("text.txt");
    settings.window_length = kTokens;
    settings.windows = 0;
    for (int n = 0; n < 5; ++n) {
        session_ = std::make_unique<Session>(settings, [] {});
        wait([](const Snapshot& snapshot) { return !snapshot.jobs.empty(); });
        session_->send(SetGate{GateSlot::kA, "oracle:k=2"});
        session_.reset();
    }
}

}  // namespace
}  // namespace gatescope
