#pragma once
// The layout Training under the Dear ImGui Test Engine, on a null renderer and made-up runs.

#include "tests/app/window/runs_fixture.h"
#include "tests/support/fake_training.h"
#include "tests/support/temporary_folder.h"

namespace gatescope {

// High enough for the whole form: the test engine finds what is drawn.
class TrainingLayout : public Runs {
  protected:
    using Before = std::function<void(TrainingView&, const std::string& folder)>;
    // `before` the layout is drawn for the first time; `folder` is the test's own.
    explicit TrainingLayout(Snapshot first = fake::training_session(), const Before& before = {})
        : Runs(std::move(first), {.width = 1600, .height = 2400}) {
        engine.sent.clear();
        window.shell().view().layout = LayoutId::kTraining;
        view().recipe.folder = (files_.path() / "runs").string();
        if (before) before(view(), files_.path().string());
        window.settle();
        if (!before) engine.sent.clear();
    }
    TrainingView& view() { return window.shell().view().training; }
    RecipeDraft& draft() { return view().recipe; }
    bool disabled(const std::string& item) {
        bool out = false;
        act([&](ImGuiTestContext* test) {
            out = (test->ItemInfo(item.c_str()).ItemFlags & ImGuiItemFlags_Disabled) != 0;
        });
        return out;
    }
    void unfold_all() {
        for (const RecipeField& field : recipe_fields()) view().unfolded.insert(field.section);
        window.settle();
    }
    void select(const std::string& folder) {
        view().run = folder;
        window.settle();
    }

    TemporaryFolder files_;
};

}  // namespace gatescope
