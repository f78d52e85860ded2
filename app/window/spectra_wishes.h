#pragma once
// Which spectra the window asks the engine for. Weight kernels that something on the screen shows are asked for once,
// without being told; what costs passes over the text is asked for by a button alone.

#include <optional>
#include <string>

#include "app/engine/snapshot.h"
#include "app/window/view_state.h"

namespace gatescope {

// Everything of both; the delta is that of `more`.
SpectraRequest joined(SpectraRequest first, const SpectraRequest& more);
// Is all of `need` there, at its delta?
bool covers(const SpectraRequest& there, const SpectraRequest& need);
// The offset that is shown: 0 for a model without rotary positions.
std::int64_t shown_delta(const Snapshot& snapshot, const ViewState& view);
// Why the model has one kernel for all offsets, in one clause; empty where the offset counts.
std::string why_no_delta(const Snapshot& snapshot);

class SpectraWishes {
  public:
    // What is to be sent now, if anything. `asked`: what the user asks for in this frame; all else is asked for once a
    // model, and not again where it failed or was cancelled.
    std::optional<MeasureSpectra> next(const Snapshot& snapshot, const ViewState& view,
                                       const std::optional<SpectraRequest>& asked);

  private:
    std::string model_;     // that the two below are about
    SpectraRequest tried_;  // weight kernels asked for since they were last there
    SpectraRequest sent_;
};

}  // namespace gatescope
