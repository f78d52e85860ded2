#pragma once
// The layout Runs under the Dear ImGui Test Engine, on a null renderer and made-up numbers.

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>

#include "imgui.h"
#include "imgui_internal.h"
#include "imgui_te_context.h"
#include "implot.h"
#include "tests/app/window/window_harness.h"
#include "tests/support/fake_lab.h"
#include "tests/support/fake_snapshot.h"
// After implot.h, whose names it needs.
#include "implot_internal.h"

namespace gatescope {

// Open, measured, and nothing under way.
inline Snapshot quiet_session() {
    Snapshot out = fake::snapshot();
    out.jobs.clear();
    return out;
}

class Runs : public testing::Test {
  protected:
    explicit Runs(Snapshot first = quiet_session(), const HarnessOptions& options = {})
        : engine(std::move(first)), window(engine, options, start()) {
        window.settle();
        engine.sent.clear();
    }
    static ViewState start() {
        ViewState view;
        view.layout = LayoutId::kRuns;
        return view;
    }
    LabView& lab() { return window.shell().view().lab; }
    void act(const std::function<void(ImGuiTestContext*)>& steps) {
        ASSERT_TRUE(window.act("step " + std::to_string(++steps_), steps));
    }
    void click(const std::string& item) {
        act([&](ImGuiTestContext* test) { test->ItemClick(item.c_str()); });
    }
    void type(const std::string& item, const std::string& text) {
        act([&](ImGuiTestContext* test) { test->ItemInputValue(item.c_str(), text.c_str()); });
    }
    bool there(const std::string& item) {
        bool out = false;
        act([&](ImGuiTestContext* test) { out = test->ItemExists(item.c_str()); });
        return out;
    }
    void show(const std::function<void(Snapshot&)>& change) {
        Snapshot next = *engine.snapshot();
        ++next.id;
        change(next);
        engine.show(std::move(next));
        window.settle();
    }
    void with_job(const std::string& kind, std::uint64_t id) {
        show([&](Snapshot& next) {
            auto job = std::make_shared<JobContext>();
            job->begin("Working", "windows", 40);
            next.jobs.push_back({id, job, true, kind});
        });
    }
    static bool draws(ImPlotPlot& plot, const std::string& line) {
        return plot.Items.GetItem(ImHashStr(("##" + line).c_str(), 0, plot.Items.ID)) != nullptr;
    }
    // The plot that draws a line of this label; nullptr: none does.
    static ImPlotPlot* plot_with(const std::string& line) {
        auto& plots = ImPlot::GetCurrentContext()->Plots;
        for (int index = 0; index < plots.GetBufSize(); ++index) {
            ImPlotPlot* plot = plots.GetByIndex(index);
            if (draws(*plot, line)) return plot;
        }
        return nullptr;
    }
    static ImVec2 pixel(ImPlotPlot& plot, double x, double y) {
        return {plot.XAxis(0).PlotToPixels(x), plot.YAxis(0).PlotToPixels(y)};
    }

    FakeEngine engine;
    WindowHarness window;
    int steps_ = 0;
};

}  // namespace gatescope
