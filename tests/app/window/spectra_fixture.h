#pragma once
// The layout Spectra under the Dear ImGui Test Engine, on a null renderer and made-up numbers.

#include <algorithm>

#include "tests/app/window/runs_fixture.h"
#include "tests/support/fake_spectra.h"

namespace gatescope {

class SpectraLayout : public Runs {
  protected:
    explicit SpectraLayout(Snapshot first = fake::spectra_session()) : Runs(std::move(first)) {
        window.shell().view().layout = LayoutId::kSpectra;
        window.shell().view().selected = {11, 4};
        window.settle();
        engine.sent.clear();
    }
    ViewState& view() { return window.shell().view(); }
    SpectraView& spectra() { return view().spectra; }
    // Opens a menu of a panel and takes one of its choices.
    void choose(const std::string& menu, const std::string& choice) {
        act([&](ImGuiTestContext* test) {
            test->ItemClick(menu.c_str());
            test->ItemClick(("//$FOCUSED/" + choice).c_str());
        });
        window.settle();
    }
    bool disabled(const std::string& item) {
        bool out = false;
        act([&](ImGuiTestContext* test) {
            out = (test->ItemInfo(item.c_str()).ItemFlags & ImGuiItemFlags_Disabled) != 0;
        });
        return out;
    }
    std::size_t count_of_wishes() const {
        return static_cast<std::size_t>(std::count_if(engine.sent.begin(), engine.sent.end(), [](const Command& sent) {
            return std::holds_alternative<MeasureSpectra>(sent);
        }));
    }
};

// A model and a text, and no spectra yet.
inline Snapshot without_spectra() {
    return quiet_session();
}

}  // namespace gatescope
