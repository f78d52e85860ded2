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
};

class HeadsScreenshots : public testing::TestWithParam<Look> {};

TEST_P(HeadsScreenshots, AreWritten) {
    const Look& look = GetParam();
    FakeEngine engine(fake::spectra_session());
    ViewState view;
    view.layout = LayoutId::kSpectra;
    view.theme = look.theme;
    view.selected = {11, 4};
    view.query = 84;
    view.spectra.routing = look.routing;
    view.spectra.by_checkpoint = look.by_checkpoint;
    if (look.brushed)
        for (std::int64_t head = 0; head < 9; ++head) view.also.insert({head + 8, head});
    HarnessOptions options;
    options.real = true;
    options.width = look.width, options.height = look.height;
    WindowHarness window(engine, options, view);
    window.settle();
    window.screenshot(look.name);
}

INSTANTIATE_TEST_SUITE_P(
    Spectra, HeadsScreenshots,
    testing::Values(
        Look{.name = "spectra_plane_dark"},
        Look{.name = "spectra_axis_light", .theme = ThemeKind::kLight, .routing = false, .by_checkpoint = true},
        Look{.name = "spectra_brushed_small", .width = 1280, .height = 720, .brushed = true}),
    [](const auto& look) { return look.param.name; });

}  // namespace
}  // namespace gatescope
