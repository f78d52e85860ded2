#pragma once
// The layout Experiments under the Dear ImGui Test Engine, on a null renderer and made-up experiments.

#include "app/window/experiment_draft.h"
#include "tests/app/window/runs_fixture.h"
#include "tests/support/fake_experiments.h"
#include "tests/support/temporary_folder.h"

namespace gatescope {

// Nothing run yet, and no proposal.
inline Snapshot no_experiments() {
    Snapshot out = fake::experiment_session();
    out.experiments.clear();
    out.proposal.reset();
    return out;
}

// High enough for the whole page: the test engine finds what is drawn.
class ExperimentsLayout : public Runs {
  protected:
    explicit ExperimentsLayout(Snapshot first = no_experiments(), const std::string& page = "soft-gating")
        : Runs(std::move(first), {.width = 1600, .height = 2000}) {
        window.shell().view().layout = LayoutId::kExperiments;
        view().experiment = page;
        draft().folder = (files_.path() / "out").string();
        window.settle();
    }
    ExperimentsView& view() { return window.shell().view().experiments; }
    ExperimentDraft& draft() { return view().drafts[view().experiment]; }
    bool disabled(const std::string& item) {
        bool out = false;
        act([&](ImGuiTestContext* test) {
            out = (test->ItemInfo(item.c_str()).ItemFlags & ImGuiItemFlags_Disabled) != 0;
        });
        return out;
    }
    std::size_t proposals() const {
        std::size_t out = 0;
        for (const Command& command : engine.sent) out += std::holds_alternative<ProposeExperiment>(command) ? 1U : 0U;
        return out;
    }
    // As the session answers what was asked last.
    void answer(double seconds) {
        const ProposeExperiment asked = *engine.last<ProposeExperiment>();
        show([&](Snapshot& next) {
            auto out = std::make_shared<ExperimentProposal>();
            out->id = 1000 + next.id;
            out->setting = asked.setting;
            out->plan = std::make_shared<const ExperimentPlan>(experiment_plan(asked.setting, asked.folder, nullptr));
            out->seconds = seconds;
            if (seconds >= 0)
                out->step_seconds.assign(out->plan->steps.size(),
                                         seconds / static_cast<double>(out->plan->steps.size()));
            out->device = "cpu";
            next.proposal = std::move(out);
        });
    }
    void with(const fake::ExperimentShape& shape) {
        show([&](Snapshot& next) { next.experiments = {fake::experiment(shape)}; });
    }

    TemporaryFolder files_;
};

}  // namespace gatescope
