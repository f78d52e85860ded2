// Sweeps of gates over budgets, point by point into a capture that can be gone on with.
#include "app/engine/conductor.h"
#include "model/core/error.h"

namespace gatescope {

void Conductor::on(const StartSweep&) {
    throw Failure(FailureKind::kUnsupported, "not in this build yet");
}

}  // namespace gatescope
