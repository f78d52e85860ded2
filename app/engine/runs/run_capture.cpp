#include "app/engine/runs/run_capture.h"

#include "app/engine/runs/run_folder.h"
#include "captures/capture.h"
#include "model/core/error.h"

namespace gatescope {

bool capture_is_whole(const RunView& run) {
    try {
        const auto capture = read_capture(capture_of_run(run.folder));
        if (!capture->complete || capture->curves.empty()) return false;
        const TrainCurve& curve = *capture->curves.front();
        return curve.status == "done" && !curve.step.empty() && curve.step.back() == run.plan.steps;
    } catch (const Failure&) {
        return false;
    }
}

}  // namespace gatescope
