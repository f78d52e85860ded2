#pragma once
// How long frames take: for `bench` and for whoever changes a panel.

#include <memory>

#include "app/engine/snapshot.h"
#include "app/window/view_state.h"

namespace gatescope {

struct FrameTimes {
    int frames = 0;
    double build_median_ms = 0, build_95_ms = 0;  // all panels and the draw data
    double whole_median_ms = 0, whole_95_ms = 0;  // drawn and shown as well; 0 without a screen
    int draw_calls = 0, vertices = 0;
};

// Builds `frames` frames of the view from one snapshot on a null renderer, the pointer moving over the map. With
// `other`, every frame has another snapshot than the one before: what is worked out of them is worked out each time.
FrameTimes measure_frames(std::shared_ptr<const Snapshot> snapshot, int frames, int width = 1600, int height = 1000,
                          const ViewState& view = {}, std::shared_ptr<const Snapshot> other = nullptr);
// The same in a real window. Throws Failure(kUnsupported) where there is no display.
FrameTimes measure_screen(std::shared_ptr<const Snapshot> snapshot, int frames, int width = 1600, int height = 1000);

}  // namespace gatescope
