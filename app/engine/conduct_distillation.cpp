// Training of gates on the open, frozen model.
#include "app/engine/conductor.h"
#include "model/core/error.h"

namespace gatescope {

void Conductor::on(const StartDistillation&) {
    throw Failure(FailureKind::kUnsupported, "not in this build yet");
}

void Conductor::on(const PauseDistillation&) {
    throw Failure(FailureKind::kUnsupported, "not in this build yet");
}

void Conductor::on(const StopDistillation&) {
    throw Failure(FailureKind::kUnsupported, "not in this build yet");
}

void Conductor::on(const MeasureGateGradient&) {
    throw Failure(FailureKind::kUnsupported, "not in this build yet");
}

}  // namespace gatescope
