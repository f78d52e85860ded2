// What a user does to the scatter and to the components of a head, on a null renderer and made-up numbers.
#include <gtest/gtest.h>

#include "imgui.h"
#include "imgui_internal.h"
#include "imgui_te_context.h"
#include "tests/app/window/window_harness.h"
#include "tests/support/fake_spectra.h"

namespace gatescope {
namespace {

class HeadsWindow : public testing::Test {
  protected:
    explicit HeadsWindow(Snapshot first = fake::spectra_session())
        : engine(std::move(first)), window(engine, {}, start()) {
        window.settle();
    }
    static ViewState start() {
        ViewState view;
        view.layout = LayoutId::kSpectra;
        view.selected = {11, 4};
        view.query = 84;
        return view;
    }
    ViewState& view() { return window.shell().view(); }
    template <typename Kind>
    std::size_t count() const {
        return static_cast<std::size_t>(std::count_if(engine.sent.begin(), engine.sent.end(), [](const Command& sent) {
            return std::holds_alternative<Kind>(sent);
        }));
    }
    // A part of the way across and down the plot of the scatter.
    static ImVec2 in_plot(ImGuiTestContext* test, float across, float down) {
        const ImGuiWindow* panel = test->GetWindowByRef("//Scatter");
        const ImVec2 from(panel->Pos.x + 48, panel->Pos.y + 78);
        const ImVec2 to(panel->Pos.x + panel->Size.x - 20, panel->Pos.y + panel->Size.y - 140);
        return {from.x + across * (to.x - from.x), from.y + down * (to.y - from.y)};
    }
    static void drag(ImGuiTestContext* test, const ImVec2& from, const ImVec2& to) {
        test->MouseMoveToPos(from);
        test->MouseDown();
        test->MouseMoveToPos(to);
        test->MouseUp();
    }
    // Moves over the plot until a head is under the pointer.
    std::optional<HeadPlace> find_head(ImGuiTestContext* test) {
        for (float across = 0.3F; across < 0.7F; across += 0.02F)
            for (float down = 0.3F; down < 0.8F; down += 0.05F) {
                test->MouseMoveToPos(in_plot(test, across, down));
                test->Yield(2);
                if (view().hover.head) return view().hover.head;
            }
        return {};
    }

    FakeEngine engine;
    WindowHarness window;
};

class ScatterPanelTest : public HeadsWindow {
  protected:
    ScatterPanelTest() : HeadsWindow(alone()) {}
    static Snapshot alone() {
        Snapshot out = fake::spectra_session();
        out.survey = nullptr;
        return out;
    }
};

TEST_F(ScatterPanelTest, SelectsEveryHeadInARectangleAndEscapeLetsThemGo) {
    ASSERT_TRUE(window.act(
        "brush", [](ImGuiTestContext* test) { drag(test, in_plot(test, 0.02F, 0.02F), in_plot(test, 0.98F, 0.98F)); }));
    window.settle();
    EXPECT_GT(view().also.size(), 150U);
    EXPECT_EQ(view().selected, (HeadPlace{11, 4}));
    ASSERT_TRUE(window.act("let go", [](ImGuiTestContext* test) { test->KeyPress(ImGuiKey_Escape); }));
    EXPECT_TRUE(view().also.empty());
    EXPECT_EQ(view().selected, (HeadPlace{11, 4}));
}

TEST_F(ScatterPanelTest, AddsToTheSelectionWithShift) {
    ASSERT_TRUE(window.act(
        "left", [](ImGuiTestContext* test) { drag(test, in_plot(test, 0.02F, 0.02F), in_plot(test, 0.5F, 0.98F)); }));
    const std::set<HeadPlace> left = view().also;
    ASSERT_FALSE(left.empty());
    ASSERT_TRUE(window.act("right", [](ImGuiTestContext* test) {
        test->KeyDown(ImGuiMod_Shift);
        drag(test, in_plot(test, 0.5F, 0.02F), in_plot(test, 0.98F, 0.98F));
        test->KeyUp(ImGuiMod_Shift);
    }));
    EXPECT_GT(view().also.size(), left.size());
    for (const HeadPlace& place : left) EXPECT_TRUE(view().also.contains(place) || place == view().selected);
}

TEST_F(ScatterPanelTest, ShowsTheHeadUnderThePointerEverywhereAndSelectsItOnAClick) {
    std::optional<HeadPlace> found;
    ASSERT_TRUE(window.act("click", [&](ImGuiTestContext* test) {
        found = find_head(test);
        test->MouseClick();
    }));
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(view().selected, *found);
    ASSERT_NE(engine.last<ShowHead>(), nullptr);
    EXPECT_EQ(engine.last<ShowHead>()->layer, found->layer);
    EXPECT_EQ(engine.last<ShowHead>()->head, found->head);
}

TEST_F(ScatterPanelTest, LetsGoOfManyHeadsOnAClickOnEmptyGround) {
    view().also = {{1, 1}, {2, 2}};
    ASSERT_TRUE(window.act("empty ground", [](ImGuiTestContext* test) {
        test->MouseMoveToPos(in_plot(test, 0.02F, 0.02F));
        test->MouseClick();
    }));
    EXPECT_TRUE(view().also.empty());
    EXPECT_EQ(view().selected, (HeadPlace{11, 4}));
}

TEST_F(ScatterPanelTest, TakesItsFiguresFromMenusByGroup) {
    ASSERT_TRUE(window.act("figure", [](ImGuiTestContext* test) {
        test->ItemClick("//Scatter/###x");
        test->MenuClick("//$FOCUSED/Attention/Entropy");
    }));
    EXPECT_EQ(view().spectra.scatter_x, "entropy");
    EXPECT_EQ(view().spectra.scatter_y, SpectraView().scatter_y);
    ASSERT_TRUE(window.act("scale", [](ImGuiTestContext* test) {
        test->ItemClick("//Scatter/###yscale");
        test->ItemClick("//$FOCUSED/log");
    }));
    EXPECT_TRUE(view().spectra.scatter_log_y);
    EXPECT_FALSE(view().spectra.scatter_log_x);
}

TEST_F(ScatterPanelTest, OffersToMeasureAFigureThatIsMissing) {
    Snapshot without = alone();
    without.spectra = fake::spectra({}, {.raw = true, .folded = true});
    auto run = std::make_shared<RunResult>(*without.run);
    run->spectra = without.spectra->spectra;
    without.run = run;
    engine.show(without);
    view().spectra.scatter_x = "activations/routing_fraction";
    window.settle();
    ASSERT_TRUE(window.act("measure", [](ImGuiTestContext* test) {
        test->SetRef(test->WindowInfo("//Scatter/##nothing").ID);
        test->ItemClick("Measure activations");
    }));
    window.settle();
    ASSERT_NE(engine.last<MeasureSpectra>(), nullptr);
    EXPECT_TRUE(engine.last<MeasureSpectra>()->request.activations);
}

TEST_F(HeadsWindow, SelectsHeadsOfTheOpenModelAloneAmongThoseOfASurvey) {
    ASSERT_TRUE(window.act(
        "brush", [](ImGuiTestContext* test) { drag(test, in_plot(test, 0.02F, 0.02F), in_plot(test, 0.98F, 0.98F)); }));
    EXPECT_GT(view().also.size(), 100U);
    for (const HeadPlace& place : view().also) {
        EXPECT_LT(place.layer, 30);
        EXPECT_LT(place.head, 9);
    }
}

TEST_F(HeadsWindow, ColoursTheScatterByCheckpoint) {
    ASSERT_TRUE(window.act("colours", [](ImGuiTestContext* test) {
        test->ItemClick("//Scatter/###colours");
        test->ItemClick("//$FOCUSED/by checkpoint");
    }));
    EXPECT_TRUE(view().spectra.by_checkpoint);
    window.settle();
}

TEST_F(HeadsWindow, AsksForTheComponentsOfAHeadOnceAndForEachOtherOnce) {
    EXPECT_EQ(count<ShowComponents>(), 0U) << "those of the selected head are there";
    view().selected = {3, 2};
    window.settle();
    ASSERT_EQ(count<ShowComponents>(), 1U);
    EXPECT_EQ(engine.last<ShowComponents>()->request.layer, 3);
    EXPECT_EQ(engine.last<ShowComponents>()->request.head, 2);
    Snapshot next = *engine.snapshot();
    next.components = fake::components(3, 2);
    engine.show(next);
    window.settle();
    EXPECT_EQ(count<ShowComponents>(), 1U);
    view().window = 1;
    window.settle();
    EXPECT_EQ(count<ShowComponents>(), 2U);
    EXPECT_EQ(engine.last<ShowComponents>()->request.window, 1);
}

TEST_F(HeadsWindow, AsksForNoComponentsWhereTheyAreNotInSight) {
    view().layout = LayoutId::kBrowse;
    view().selected = {3, 2};
    window.settle();
    EXPECT_EQ(count<ShowComponents>(), 0U);
}

TEST_F(HeadsWindow, ChoosesAComponentFromTheList) {
    ASSERT_TRUE(window.act("axis", [](ImGuiTestContext* test) {
        test->SetRef(test->WindowInfo("//Components/##list").ID);
        test->ItemClick("axis/2");
    }));
    EXPECT_FALSE(view().spectra.routing);
    EXPECT_EQ(view().spectra.component, 1);
}

TEST_F(HeadsWindow, MakesATokenOfThePlaneTheQuery) {
    ASSERT_TRUE(window.act("token", [&](ImGuiTestContext* test) {
        const ImGuiWindow* panel = test->GetWindowByRef(test->WindowInfo("//Components/##component").ID);
        for (float down = 0.3F; down < 0.7F && !view().hover.key; down += 0.02F)
            for (float across = 0.35F; across < 0.65F && !view().hover.key; across += 0.02F) {
                test->MouseMoveToPos({panel->Pos.x + across * panel->Size.x, panel->Pos.y + down * panel->Size.y});
                test->Yield(2);
            }
        test->MouseClick();
    }));
    ASSERT_TRUE(view().hover.key.has_value());
    EXPECT_EQ(view().query, *view().hover.key);
    EXPECT_FALSE(view().hover.query.has_value());
}

TEST_F(HeadsWindow, SaysWhatIsMissingWithoutAModelATextOrUnderACapture) {
    Snapshot bare = fake::empty();
    engine.show(bare);
    window.settle();
    EXPECT_EQ(engine.last<ShowComponents>(), nullptr);
    bool offered = false;
    ASSERT_TRUE(
        window.act("open", [&](ImGuiTestContext* test) { offered = test->ItemExists("//Components/Open a model…"); }));
    EXPECT_TRUE(offered);
    Snapshot capture = fake::spectra_session();
    capture.capture = capture.run;
    engine.show(capture);
    window.settle();
    ASSERT_TRUE(window.act("close", [](ImGuiTestContext* test) { test->ItemClick("//Components/Close the capture"); }));
    EXPECT_NE(engine.last<CloseCapture>(), nullptr);
}

TEST_F(HeadsWindow, ShowsTheVocabularysSidesOfAModelThatIsOpenByItsHeadersAlone) {
    Snapshot headers = fake::spectra_session();
    headers.weights_only = true;
    headers.run = nullptr;
    auto components = std::make_shared<HeadComponents>(*headers.components);
    components->ids.clear();
    for (auto* list : {&components->planes, &components->axes})
        for (HeadComponent& component : *list) component.tokens.clear();
    headers.components = components;
    engine.show(headers);
    window.settle();
    EXPECT_EQ(count<ShowComponents>(), 0U) << "they are there";
    view().window = 1;
    window.settle();
    EXPECT_EQ(count<ShowComponents>(), 1U);
    view().spectra.routing = false;
    window.settle();
}

TEST_F(HeadsWindow, OffersToTryAgainWhereComponentsFailed) {
    Snapshot failed = fake::spectra_session();
    failed.components = nullptr;
    engine.show(failed);
    view().selected = {5, 5};
    window.settle();
    ASSERT_EQ(count<ShowComponents>(), 1U);
    failed.messages.push_back({7, Severity::kError, "model.gguf: the file has changed", "12:00:00"});
    engine.show(failed);
    window.settle();
    ASSERT_TRUE(window.act("again", [](ImGuiTestContext* test) { test->ItemClick("//Components/Try again"); }));
    window.settle();
    EXPECT_EQ(count<ShowComponents>(), 2U);
}

}  // namespace
}  // namespace gatescope
