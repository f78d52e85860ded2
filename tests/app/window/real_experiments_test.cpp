// The layout Experiments on the real engine: every experiment of the list is run by what a user clicks, on a text of a
// few kilobytes, and ends with a figure, a table and a verdict; one is stopped and gone on with; one is opened again.
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>

#include "analysis/experiments/experiments.h"
#include "app/window/experiment_charts.h"
#include "app/window/session_engine.h"
#include "imgui.h"
#include "imgui_te_context.h"
#include "tests/app/window/window_harness.h"
#include "tests/support/temporary_folder.h"

namespace gatescope {
namespace {

using Picture = std::shared_ptr<const Snapshot>;
using Shown = std::shared_ptr<const ExperimentView>;
constexpr std::chrono::seconds kLongest{300};

class RealExperiments : public testing::Test {
  protected:
    RealExperiments() {
        setenv("XDG_CACHE_HOME", (files_.path() / "cache").c_str(), 1);
        std::ofstream text(files_.path() / "text.txt");
        for (int n = 0; n < 600; ++n)
            text << "Document " << n << " says that " << n << " comes before " << n + 1 << ", and that " << 7 * n
                 << " is seven times " << n << ".\n\n\n";
        text.close();
        Settings settings;
        settings.window_length = 32, settings.windows = 2;
        settings.device = "cpu";
        engine_ = std::make_unique<SessionEngine>(settings, [] {});
        ViewState view;
        view.layout = LayoutId::kExperiments;
        for (const ExperimentInfo& info : experiments()) view.experiments.drafts[info.id] = smallest(info);
        HarnessOptions options;
        options.real = true;
        window_ = std::make_unique<WindowHarness>(*engine_, options, view);
        window_->settle();
    }
    std::string path(const std::string& name) const { return (files_.path() / name).string(); }
    ExperimentDraft smallest(const ExperimentInfo& info) const {
        ExperimentDraft out;
        out.scale = "quick", out.seeds = "0";
        out.text = path("text.txt");
        out.changes = "data.vocabulary=300\nmodel.d_model=16\ntrain.window=32\ntrain.batch=2\ntrain.warmup=2";
        for (const auto& [key, value] : {std::pair{"steps", "16"}, std::pair{"tune_steps", "4"},
                                         std::pair{"gate_steps", "4"}, std::pair{"held_out_windows", "2"}})
            if (std::find(info.params.begin(), info.params.end(), key) != info.params.end()) out.values[key] = value;
        out.folder = path("experiments/" + info.id);
        return out;
    }
    Picture until(const std::string& what, const std::function<bool(const Snapshot&)>& wanted) {
        window_->frames(2);
        Picture found = engine_->session().wait(wanted, kLongest);
        if (found == nullptr) {
            std::string said;
            const Picture last = engine_->snapshot();
            for (const Message& message : last->messages) said += message.text + "\n";
            for (const Shown& each : last->experiments) said += each->status + " " + each->message + "\n";
            ADD_FAILURE() << what << " never came about; the engine said:\n" << said;
        }
        window_->settle();
        return found ? found : engine_->snapshot();
    }
    static Shown shown(const Snapshot& now, const std::string& id) {
        for (const Shown& each : now.experiments)
            if (each->result->plan->setting.experiment == id) return each;
        return nullptr;
    }
    // Or failed, which says why.
    Shown until_status(const std::string& id, const std::string& status) {
        const Picture found = until(id + " " + status, [&](const Snapshot& now) {
            const Shown there = shown(now, id);
            return there != nullptr && (there->status == status || there->status == "failed");
        });
        const Shown out = shown(*found, id);
        EXPECT_TRUE(out != nullptr && out->status == status) << id << ": " << (out == nullptr ? "" : out->message);
        return out;
    }
    void click(const std::string& item) {
        act([&](ImGuiTestContext* test) { test->ItemClick(item.c_str()); });
    }
    void act(const std::function<void(ImGuiTestContext*)>& steps) {
        ASSERT_TRUE(window_->act("step " + std::to_string(++steps_), steps));
    }
    void start(const std::string& id) {
        click("//Experiments/**/##" + id);
        window_->settle();
        click("//Experiment/**/###start");
    }

    TemporaryFolder files_;
    std::unique_ptr<SessionEngine> engine_;
    std::unique_ptr<WindowHarness> window_;
    int steps_ = 0;
};

void expect_whole(const ExperimentInfo& info, const ExperimentResult& result) {
    const ExperimentSummary& summary = result.summary;
    EXPECT_NE(summary.verdict, Verdict::kOpen) << info.id;
    EXPECT_FALSE(summary.sentence.empty()) << info.id;
    EXPECT_FALSE(summary.rule.empty()) << info.id;
    ASSERT_FALSE(summary.rows.empty()) << info.id;
    // A share of a gap that models this small don't have is no number; the gap itself is.
    EXPECT_TRUE(std::isfinite(summary.rows.front().ours.mean)) << info.id;
    for (const ExperimentRow& row : summary.rows) {
        EXPECT_FALSE(row.setting.empty()) << info.id << ": " << row.what;
        EXPECT_TRUE(row.paper.empty() || !row.comparable.empty()) << info.id << ": " << row.what;
    }
    ASSERT_FALSE(summary.charts.empty()) << info.id;
    EXPECT_FALSE(experiment_chart(summary.charts.front(), {}, 6).empty()) << info.id;
}

TEST_F(RealExperiments, EachOfTheListRunsFromTheWindowToItsFigureTableAndVerdict) {
    for (const ExperimentInfo& info : experiments()) {
        start(info.id);
        const Shown done = until_status(info.id, "done");
        ASSERT_NE(done, nullptr) << info.id;
        expect_whole(info, *done->result);
        EXPECT_EQ(done->steps_done, done->result->plan->steps.size()) << info.id;
        window_->screenshot("experiments_real_" + info.id);
        if (HasFailure()) return;
    }
    // What is equal in two experiments is trained once.
    const Shown last = shown(*engine_->snapshot(), "stochastic");
    ASSERT_NE(last, nullptr);
    EXPECT_FALSE(last->result->outcomes.at("dense-seed-0").adopted.empty());

    // Taken off the list and opened by its capture alone, it is what it was.
    std::filesystem::copy_file(path("experiments/concentration/experiment.h5"), path("alone.h5"));
    const Shown before = shown(*engine_->snapshot(), "concentration");
    click("//Experiments/**/##concentration");
    click("//Experiment/**/Remove");
    until("one less", [](const Snapshot& now) { return shown(now, "concentration") == nullptr; });
    act([&](ImGuiTestContext* test) {
        test->ItemClick("//Experiments/**/###open");
        test->ItemClick("//$FOCUSED/A capture…");
        test->ItemInputValue("//Open an experiment's capture/##path", path("alone.h5").c_str());
    });
    const Picture opened =
        until("the capture", [](const Snapshot& now) { return shown(now, "concentration") != nullptr; });
    const Shown after = shown(*opened, "concentration");
    ASSERT_NE(after, nullptr);
    EXPECT_TRUE(after->from_capture);
    EXPECT_EQ(after->result->summary.sentence, before->result->summary.sentence);
    EXPECT_EQ(window_->shell().view().experiments.experiment, "concentration");
    window_->screenshot("experiments_real_opened");
}

TEST_F(RealExperiments, TellsItsTimeIsStoppedAndGoneOnWith) {
    ExperimentDraft& draft = window_->shell().view().experiments.drafts["soft-gating"];
    draft.values["steps"] = "200000";  // so many that a click comes before the end
    click("//Experiments/**/##soft-gating");
    const Picture told = until("the time that it takes", [](const Snapshot& now) {
        return now.proposal != nullptr && now.proposal->setting.experiment == "soft-gating" &&
               now.proposal->seconds > 0;
    });
    EXPECT_EQ(told->proposal->step_seconds.size(), told->proposal->plan->steps.size());
    window_->screenshot("experiments_real_proposed");
    click("//Experiment/**/###start");
    until("a step at work", [](const Snapshot& now) {
        const Shown there = shown(now, "soft-gating");
        return there != nullptr && there->status == "running" && there->step_share > 0;
    });
    click("//Experiment/**/Stop");
    const Shown stopped = until_status("soft-gating", "stopped");
    ASSERT_NE(stopped, nullptr);
    EXPECT_EQ(stopped->result->summary.verdict, Verdict::kOpen);
    window_->screenshot("experiments_real_stopped");
    click("//Experiment/**/Go on");
    until_status("soft-gating", "running");
    click("//Experiment/**/Remove");
    until("an empty list", [](const Snapshot& now) { return now.experiments.empty(); });
    EXPECT_TRUE(std::filesystem::exists(path("experiments/soft-gating/experiment.json"))) << "its folder stays";
}

}  // namespace
}  // namespace gatescope
