// Pictures of every layout, dark and light, in two sizes, from made-up numbers: for people to look at.
#include <gtest/gtest.h>

#include "tests/app/window/window_harness.h"
#include "tests/support/fake_snapshot.h"

namespace gatescope {
namespace {

struct Look {
    std::string name;
    LayoutId layout;
    ThemeKind theme;
    int width, height;
};

class Screenshots : public testing::TestWithParam<Look> {};

TEST_P(Screenshots, AreWrittenForEveryLayout) {
    const Look& look = GetParam();
    FakeEngine engine(fake::snapshot());
    ViewState view;
    view.layout = look.layout;
    view.theme = look.theme;
    view.selected = {11, 4};
    view.query = 84;
    HarnessOptions options;
    options.real = true;
    options.width = look.width, options.height = look.height;
    WindowHarness window(engine, options, view);
    window.settle();
    window.screenshot(look.name);
}

INSTANTIATE_TEST_SUITE_P(Layouts, Screenshots,
                         testing::Values(Look{"browse_dark", LayoutId::kBrowse, ThemeKind::kDark, 1600, 1000},
                                         Look{"browse_light", LayoutId::kBrowse, ThemeKind::kLight, 1600, 1000},
                                         Look{"browse_small", LayoutId::kBrowse, ThemeKind::kDark, 1280, 720},
                                         Look{"gates_dark", LayoutId::kGates, ThemeKind::kDark, 1600, 1000},
                                         Look{"gates_small", LayoutId::kGates, ThemeKind::kLight, 1280, 720},
                                         Look{"captures_dark", LayoutId::kCaptures, ThemeKind::kDark, 1600, 1000}),
                         [](const auto& look) { return look.param.name; });

}  // namespace
}  // namespace gatescope
