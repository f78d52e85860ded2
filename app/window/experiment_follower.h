#pragma once
// Leads the window to an experiment that has come onto the session's list, however it was opened.

#include <set>
#include <string>

#include "app/engine/snapshot.h"
#include "app/window/view_state.h"

namespace gatescope {

class ExperimentFollower {
  public:
    // With every new snapshot. Those of the last time, which the window itself opens again, lead nowhere, nor do those
    // that are there at first.
    void follow(const Snapshot& snapshot, ViewState& view);

  private:
    std::set<std::string> known_, awaited_;  // folders
    bool once_ = false;
};

}  // namespace gatescope
