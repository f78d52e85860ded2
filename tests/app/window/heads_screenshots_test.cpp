// Pictures of the panels about single heads in the layout Spectra, from made-up numbers: for people to look at.
#include <gtest/gtest.h>

#include "tests/app/window/window_harness.h"
#include "tests/support/fake_spectra.h"

namespace gatescope {
namespace {

struct Look {
    std::string name;
    ThemeKind theme = ThemeKind::kDark;
    int width = 1600, height = 1000;
    bool routing = true, brushed = false, by_checkpoint = false;
    void (*change)(Snapshot&) = nullptr;
};

// The next head's components are being worked out.
void make_stale(Snapshot& snapshot) {
    snapshot.components = fake::components(10, 3);
}

// Open by its headers alone: kernels and the vocabulary, but no text.
void keep_headers(Snapshot& snapshot) {
    snapshot.weights_only = true;
    snapshot.run = nullptr;
    snapshot.pattern = nullptr;
    snapshot.survey = nullptr;
    auto components = std::make_shared<HeadComponents>(*snapshot.components);
    components->ids.clear();
    for (auto* list : {&components->planes, &components->axes})
        for (HeadComponent& component : *list) component.tokens.clear();
    snapshot.components = components;
}

void open_capture(Snapshot& snapshot) {
    auto capture = std::make_shared<RunResult>(*snapshot.run);
    auto spectra = std::make_shared<Spectra>(*capture->spectra);
    spectra->folded.reset();
    capture->spectra = spectra;
    snapshot.capture = capture;
    snapshot.survey = nullptr;
}

void cut_text_short(Snapshot& snapshot) {
    snapshot = fake::spectra_session({30, 9, 24, 2});
}

class HeadsScreenshots : public testing::TestWithParam<Look> {};

TEST_P(HeadsScreenshots, AreWritten) {
    const Look& look = GetParam();
    Snapshot shown = fake::spectra_session();
    if (look.change != nullptr) look.change(shown);
    ViewState view;
    view.layout = LayoutId::kSpectra;
    view.theme = look.theme;
    view.selected = {11, 4};
    view.query = 84;
    view.spectra.routing = look.routing;
    view.spectra.by_checkpoint = look.by_checkpoint;
    if (look.brushed)
        for (std::int64_t head = 0; head < 9; ++head) view.also.insert({head + 8, head});
    write_picture(look.name, std::move(shown), view, {.width = look.width, .height = look.height});
}

// Over a dot of the scatter, over a token of the plane.
TEST(PointerScreenshots, AreWrittenOfWhatIsUnderThePointer) {
    ViewState view;
    view.layout = LayoutId::kSpectra;
    view.selected = {11, 4};
    FakeEngine engine(fake::spectra_session());
    HarnessOptions options;
    options.real = true;
    WindowHarness window(engine, options, view);
    window.settle();
    window.screenshot("spectra_over_a_dot", {1290, 250});
    window.screenshot("spectra_over_a_token", {1420, 700});
}

const std::vector<Look> kLooks = {
    {.name = "spectra_plane_dark"},
    {.name = "spectra_axis_light", .theme = ThemeKind::kLight, .routing = false, .by_checkpoint = true},
    {.name = "spectra_brushed_small", .width = 1280, .height = 720, .brushed = true},
    {.name = "spectra_axis_small", .width = 1280, .height = 720, .routing = false, .by_checkpoint = true},
    {.name = "spectra_stale_light", .theme = ThemeKind::kLight, .brushed = true, .change = make_stale},
    {.name = "spectra_headers", .change = keep_headers},
    {.name = "spectra_capture", .change = open_capture},
    {.name = "spectra_short_axis", .routing = false, .change = cut_text_short},
};

INSTANTIATE_TEST_SUITE_P(Spectra, HeadsScreenshots, testing::ValuesIn(kLooks),
                         [](const auto& look) { return look.param.name; });

}  // namespace
}  // namespace gatescope
