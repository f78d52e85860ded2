// Choosing a model: what the dialog shows of it before it is opened, and what it offers where there is no room.
#include <gtest/gtest.h>

#include <fstream>

#include "imgui.h"
#include "imgui_internal.h"
#include "imgui_te_context.h"
#include "tests/app/window/window_harness.h"
#include "tests/support/fake_snapshot.h"
#include "tests/support/temporary_folder.h"

namespace gatescope {
namespace {

constexpr std::uint64_t kPlenty = 20'000'000'000, kHalf = 5'000'000'000, kOnlyHeaders = 1'000'000;
const char* const kDialog = "//Open a model";

// Files to choose from; none of them is read, the engine is made up.
class OpenModelDialog : public testing::Test {
  protected:
    OpenModelDialog() : engine(fake::snapshot()) {
        for (const char* folder : {"hf", "inner"}) std::filesystem::create_directory(files.path() / folder);
        for (const char* file : {"a.gguf", "b.safetensors", "notes.txt", "hf/config.json", "inner/c.gguf"})
            std::ofstream(files.path() / file) << "x";
        ViewState view;
        view.recent_models = {path("a.gguf")};
        window = std::make_unique<WindowHarness>(engine, HarnessOptions{}, view);
        window->settle();
        engine.sent.clear();
    }
    std::string path(const std::string& name) const { return (files.path() / name).string(); }
    bool act(const std::function<void(ImGuiTestContext*)>& steps) {
        return window->act("step " + std::to_string(++steps_), steps);
    }
    void open_dialog() {
        ASSERT_TRUE(act([](ImGuiTestContext* test) { test->KeyPress(ImGuiMod_Ctrl | ImGuiKey_O); }));
    }
    void choose(const std::string& entry) {
        ASSERT_TRUE(act([&](ImGuiTestContext* test) { test->ItemClick(in_list(test, entry).c_str()); }));
    }
    static std::string in_list(ImGuiTestContext* test, const std::string& entry) {
        test->SetRef(test->WindowInfo("//Open a model/##files").ID);
        return entry;
    }
    void answer(std::shared_ptr<const ModelPreview> preview) {
        Snapshot next = *engine.snapshot();
        next.preview = std::move(preview);
        engine.show(next);
        window->settle();
    }
    bool can_open() {
        bool disabled = true;
        act([&](ImGuiTestContext* test) {
            test->SetRef(kDialog);
            disabled = (test->ItemInfo("Open").ItemFlags & ImGuiItemFlags_Disabled) != 0;
        });
        return !disabled;
    }
    std::string previewed() const {
        const auto* asked = engine.last<PreviewModel>();
        return asked == nullptr ? "nothing" : asked->path;
    }
    bool dialog_open() const {
        return ImGui::IsPopupOpen(nullptr, ImGuiPopupFlags_AnyPopupId + ImGuiPopupFlags_AnyPopupLevel);
    }

    TemporaryFolder files;
    FakeEngine engine;
    std::unique_ptr<WindowHarness> window;
    int steps_ = 0;
};

TEST_F(OpenModelDialog, AsksForAPreviewOfTheFileThatIsChosenAndOpensThatFile) {
    open_dialog();
    EXPECT_EQ(previewed(), "nothing");
    choose("a.gguf");
    EXPECT_EQ(previewed(), path("a.gguf"));
    answer(fake::preview(path("a.gguf"), kPlenty));
    EXPECT_TRUE(can_open());
    ASSERT_TRUE(act([](ImGuiTestContext* test) {
        test->SetRef(kDialog);
        test->ItemClick("Open");
    }));
    ASSERT_NE(engine.last<OpenModel>(), nullptr);
    EXPECT_EQ(engine.last<OpenModel>()->path, path("a.gguf"));
    EXPECT_EQ(previewed(), "") << "closing it takes the preview away";
}

TEST_F(OpenModelDialog, OffersNoFileThatNoFormatReads) {
    open_dialog();
    bool disabled = false;
    ASSERT_TRUE(act([&](ImGuiTestContext* test) {
        disabled = (test->ItemInfo(in_list(test, "notes.txt").c_str()).ItemFlags & ImGuiItemFlags_Disabled) != 0;
    }));
    EXPECT_TRUE(disabled);
}

TEST_F(OpenModelDialog, AFolderThatIsAModelIsPreviewedAndOpensOnADoubleClick) {
    open_dialog();
    choose("hf\\/");
    EXPECT_EQ(previewed(), path("hf"));
    ASSERT_TRUE(act([](ImGuiTestContext* test) { test->ItemDoubleClick(in_list(test, "hf\\/").c_str()); }));
    ASSERT_NE(engine.last<OpenModel>(), nullptr);
    EXPECT_EQ(engine.last<OpenModel>()->path, path("hf"));
}

TEST_F(OpenModelDialog, AModelsFolderCanBeLookedIntoAndAnyOtherIsWalkedThrough) {
    open_dialog();
    choose("hf\\/");
    ASSERT_TRUE(act([](ImGuiTestContext* test) {
        test->SetRef(kDialog);
        test->ItemClick("Look inside");
        IM_CHECK(test->ItemExists((in_list(test, "config.json")).c_str()));
        test->SetRef(kDialog);
        test->ItemClick("Up");
        test->ItemDoubleClick(in_list(test, "inner\\/").c_str());
        IM_CHECK(test->ItemExists((in_list(test, "c.gguf")).c_str()));
    }));
    EXPECT_EQ(engine.last<OpenModel>(), nullptr);
}

TEST_F(OpenModelDialog, TypingAsksOnlyForWhatIsThere) {
    open_dialog();
    ASSERT_TRUE(act([&](ImGuiTestContext* test) {
        test->KeyPress(ImGuiMod_Ctrl | ImGuiKey_A);
        test->KeyChars(path("inner/c.gguf").c_str());
    }));
    EXPECT_EQ(previewed(), path("inner/c.gguf"));
    const auto asked = std::count_if(engine.sent.begin(), engine.sent.end(), [](const Command& command) {
        return std::holds_alternative<PreviewModel>(command);
    });
    EXPECT_EQ(asked, 1);
    ASSERT_TRUE(act([](ImGuiTestContext* test) { test->KeyPress(ImGuiKey_Enter); }));
    EXPECT_EQ(engine.last<OpenModel>()->path, path("inner/c.gguf"));
}

TEST_F(OpenModelDialog, ATypedPathCountsFromTheFolderThatIsShown) {
    open_dialog();
    ASSERT_TRUE(act([&](ImGuiTestContext* test) {
        test->KeyPress(ImGuiMod_Ctrl | ImGuiKey_A);
        test->KeyChars("inner/../a.gguf");
        test->KeyPress(ImGuiKey_Enter);
    }));
    ASSERT_NE(engine.last<OpenModel>(), nullptr);
    EXPECT_EQ(engine.last<OpenModel>()->path, path("a.gguf"));
}

TEST_F(OpenModelDialog, WhatCantBeOpenedSaysSoAndHasNoOpenButton) {
    open_dialog();
    choose("b.safetensors");
    answer(fake::broken_preview(path("b.safetensors"), "b.safetensors: the header is cut short"));
    EXPECT_FALSE(can_open());
    answer(fake::broken_preview(path("a.gguf"), "of another file"));
    EXPECT_TRUE(can_open()) << "an older preview says nothing of this file";
}

TEST_F(OpenModelDialog, AModelTooLargeIsOfferedAsBfloat16) {
    open_dialog();
    choose("a.gguf");
    answer(fake::preview(path("a.gguf"), kHalf));
    EXPECT_FALSE(can_open());
    ASSERT_TRUE(act([](ImGuiTestContext* test) { test->ItemClick("//Open a model/**/Open as bfloat16"); }));
    ASSERT_NE(engine.last<OpenModel>(), nullptr);
    EXPECT_EQ(engine.last<OpenModel>()->path, path("a.gguf"));
    EXPECT_EQ(engine.last<OpenModel>()->dtype, "bfloat16");
}

TEST_F(OpenModelDialog, AModelThatFitsInNoWayIsOfferedByItsWeightsOnly) {
    open_dialog();
    choose("a.gguf");
    answer(fake::preview(path("a.gguf"), kOnlyHeaders));
    ASSERT_TRUE(act([](ImGuiTestContext* test) {
        IM_CHECK(!test->ItemExists("//Open a model/**/Open as bfloat16"));
        test->ItemClick("//Open a model/**/Weights only");
    }));
    ASSERT_NE(engine.last<OpenModel>(), nullptr);
    EXPECT_TRUE(engine.last<OpenModel>()->weights_only);
}

TEST_F(OpenModelDialog, ARefusedLoadAsksOnceWhatToDo) {
    Snapshot refused = *engine.snapshot();
    refused.refusal =
        std::make_shared<const LoadRefusal>(LoadRefusal{1, fake::preview("/data/large", 6'500'000'000, 900'000'000)});
    engine.show(refused);
    window->settle();
    ASSERT_TRUE(act([](ImGuiTestContext* test) { test->ItemClick("//No room for the model/Cancel"); }));
    window->settle();
    EXPECT_FALSE(dialog_open());
    EXPECT_EQ(engine.last<OpenModel>(), nullptr);
    refused.refusal = std::make_shared<const LoadRefusal>(LoadRefusal{2, refused.refusal->preview});
    engine.show(refused);
    window->settle();
    ASSERT_TRUE(
        act([](ImGuiTestContext* test) { test->ItemClick("//No room for the model/Close the open model first"); }));
    ASSERT_NE(engine.last<OpenModel>(), nullptr);
    EXPECT_EQ(engine.last<OpenModel>()->path, "/data/large");
    EXPECT_TRUE(engine.last<OpenModel>()->close_first);
}

TEST_F(OpenModelDialog, PanelsOfAModelWithoutItsWeightsOfferToLoadThem) {
    Snapshot bare = fake::empty();
    bare.model = fake::preview("/data/large", kOnlyHeaders)->summary;
    bare.settings.model_path = "/data/large";
    bare.weights_only = true;
    engine.show(bare);
    window->settle();
    ASSERT_TRUE(act([](ImGuiTestContext* test) { test->ItemClick("//Heads/Load its weights…"); }));
    ASSERT_NE(engine.last<OpenModel>(), nullptr);
    EXPECT_EQ(engine.last<OpenModel>()->path, "/data/large");
    EXPECT_FALSE(engine.last<OpenModel>()->weights_only);
}

TEST_F(OpenModelDialog, PanelsThatAnEncoderCantFillSayWhy) {
    Snapshot shown = fake::snapshot();
    auto encoder = std::make_shared<ModelSummary>(*shown.model);
    encoder->config.family = "bert";
    encoder->config.causal = false;
    auto run = std::make_shared<RunResult>();
    run->model = encoder;
    shown.model = encoder;
    shown.run = run;
    shown.jobs.clear();
    engine.show(shown);
    window->settle();
    ASSERT_TRUE(act([](ImGuiTestContext* test) {
        IM_CHECK(!test->ItemExists("//Gates/###Copy as command"));
        IM_CHECK(!test->ItemExists("//Perplexity/Measure"));
    }));
}

TEST_F(OpenModelDialog, ADroppedFolderIsOpenedAsAModel) {
    window->shell().open_dropped(path("hf"));
    EXPECT_EQ(engine.last<OpenModel>()->path, path("hf"));
    window->shell().open_dropped(path("b.safetensors"));
    EXPECT_EQ(engine.last<OpenModel>()->path, path("b.safetensors"));
}

}  // namespace
}  // namespace gatescope
