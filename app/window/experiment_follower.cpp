#include "app/window/experiment_follower.h"

#include <utility>

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
        pages.experiment = experiment->result->plan->setting.experiment;
        pages.shown[pages.experiment] = folder;
        view.layout = LayoutId::kExperiments;
    }
    once_ = true;
    known_ = std::move(now);
}

}  // namespace gatescope
