#include "app/window/experiment_follower.h"

#include <utility>

#include "app/window/experiment_draft.h"

namespace gatescope {

void ExperimentFollower::follow(const Snapshot& snapshot, ViewState& view) {
    ExperimentsView& pages = view.experiments;
    if (!once_) awaited_.insert(pages.listed.begin(), pages.listed.end());
    std::set<std::string> now;
    for (const auto& experiment : snapshot.experiments) {
        const std::string& folder = experiment->folder;
        now.insert(folder);
        const bool awaited = awaited_.erase(folder) > 0;
        if (!once_ || awaited || known_.contains(folder)) continue;
        if (experiment->result == nullptr || experiment->result->plan == nullptr) continue;
        const ExperimentSetting& setting = experiment->result->plan->setting;
        pages.experiment = setting.experiment;
        pages.shown[pages.experiment] = folder;
        // The form says how it was done, where it says nothing else yet: then it can be gone on with, or done again.
        ExperimentDraft& draft = pages.drafts[pages.experiment];
        if (is_untouched(draft)) draft = draft_of_setting(setting);
        view.layout = LayoutId::kExperiments;
    }
    once_ = true;
    known_ = std::move(now);
}

}  // namespace gatescope
