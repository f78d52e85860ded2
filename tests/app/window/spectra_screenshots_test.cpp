// Pictures of the layout Spectra in its states, from made-up numbers: for people to look at.
#include <gtest/gtest.h>

#include <functional>

#include "imgui.h"
#include "tests/app/window/window_harness.h"
#include "tests/support/fake_spectra.h"

namespace gatescope {
namespace {

struct SpectraLook {
    std::string name;
    ThemeKind theme = ThemeKind::kDark;
    int width = 1600, height = 1000;
    std::function<void(ViewState&, Snapshot&)> change = [](ViewState&, Snapshot&) {};
    float scale = 1;
};

class SpectraScreenshots : public testing::TestWithParam<SpectraLook> {};

TEST_P(SpectraScreenshots, AreWrittenForEveryState) {
    const SpectraLook& look = GetParam();
    ViewState view;
    view.layout = LayoutId::kSpectra;
    view.theme = look.theme;
    view.selected = {11, 4};
    view.metric = "weights/folded/skew_fraction";
    Snapshot shown = fake::spectra_session();
    look.change(view, shown);
    write_picture(look.name, std::move(shown), view, {.width = look.width, .height = look.height, .scale = look.scale});
}

TEST(SpectraScreenshots, AreWrittenForAllKeys) {
    FakeEngine engine(fake::spectra_session());
    ViewState view;
    view.layout = LayoutId::kSpectra;
    HarnessOptions options;
    options.real = true;
    options.width = 1280, options.height = 720;
    WindowHarness window(engine, options, view);
    window.settle();
    for (const bool down : {true, false}) {
        ImGui::GetIO().AddKeyEvent(ImGuiKey_F1, down);
        window.frames(2);
    }
    window.screenshot("keys_small");
}

void single(ViewState& view, Snapshot& shown) {
    view.spectra.depth = DepthChart::kRanks;
    shown.survey.reset();
}
void filtering(ViewState& view, Snapshot&) {
    view.spectra.part = SpectrumPartChoice::kSymmetric;
    view.spectra.depth = DepthChart::kRanks;
    view.metric = "weights/folded/positivity";
    view.also = {{11, 5}, {12, 3}, {20, 1}};
}
void activations(ViewState& view, Snapshot&) {
    view.spectra.part = SpectrumPartChoice::kActivations;
    view.spectra.depth = DepthChart::kCapacity;
    view.metric = "activations/skew/effective_rank";
}
void energy(ViewState& view, Snapshot&) {
    view.spectra.part = SpectrumPartChoice::kWhole;
    view.spectra.cumulative = true;
    view.spectra.depth = DepthChart::kRanks;
    view.also = {{11, 5}, {12, 3}};
}
void form(ViewState& view, Snapshot& shown) {
    view.spectra.survey_models = "sample\n/nowhere/pythia-410m\n";
    view.spectra.survey_path = "/nowhere/survey.h5";
    view.spectra.hidden_models = {"gpt2-large"};
    view.spectra.depth = DepthChart::kRanks;
    shown.survey = fake::survey(3);
}
void nothing_yet(ViewState& view, Snapshot& shown) {
    view.spectra.part = SpectrumPartChoice::kActivations;
    view.metric = "activations/routing_fraction";
    view.spectra.depth = DepthChart::kCapacity;
    shown.spectra.reset(), shown.survey.reset(), shown.components.reset();
    auto run = std::make_shared<RunResult>(*shown.run);
    run->spectra.reset();
    shown.run = std::move(run);
}
void under_way(ViewState& view, Snapshot& shown) {
    nothing_yet(view, shown);
    view.spectra.part = SpectrumPartChoice::kSkew;
    view.spectra.depth = DepthChart::kFractions;
    view.metric = "weights/folded/skew_fraction";
    for (const auto& [kind, title, done] :
         {std::tuple{"spectra", "Spectra of weights", 11.0}, std::tuple{"survey", "Spectra of pythia-410m", 6.0}}) {
        auto job = std::make_shared<JobContext>();
        job->begin(title, "layers", 30);
        job->tick(done);
        shown.jobs.push_back({shown.jobs.size() + 1, job, true, kind});
    }
    shown.survey = fake::survey(2);
}

INSTANTIATE_TEST_SUITE_P(
    Layout, SpectraScreenshots,
    testing::Values(SpectraLook{"spectra_dark"}, SpectraLook{"spectra_light", ThemeKind::kLight, 1600, 1000, filtering},
                    SpectraLook{"spectra_activations", ThemeKind::kDark, 1600, 1000, activations},
                    SpectraLook{"spectra_energy_light", ThemeKind::kLight, 1280, 720, energy},
                    SpectraLook{"spectra_small", ThemeKind::kDark, 1280, 720, filtering},
                    SpectraLook{"spectra_large_type", ThemeKind::kDark, 1900, 1180, activations, 1.25F},
                    SpectraLook{"spectra_survey_form", ThemeKind::kDark, 1600, 1000, form},
                    SpectraLook{"spectra_survey_form_small", ThemeKind::kLight, 1280, 720, form},
                    SpectraLook{"spectra_single", ThemeKind::kDark, 1600, 1000, single},
                    SpectraLook{"spectra_start", ThemeKind::kDark, 1600, 1000, nothing_yet},
                    SpectraLook{"spectra_under_way", ThemeKind::kDark, 1600, 1000, under_way}),
    [](const auto& look) { return look.param.name; });

}  // namespace
}  // namespace gatescope
