// Training runs: queued on the worker, one at a time.
#include "app/engine/conductor.h"
#include "model/core/error.h"

namespace gatescope {
namespace {

Failure not_here() {
    return {FailureKind::kUnsupported, "training runs are not in this build"};
}

}  // namespace

void Conductor::on(const StartRuns&) {
    throw not_here();
}
void Conductor::on(const OpenRuns&) {
    throw not_here();
}
void Conductor::on(const ResumeRun&) {
    throw not_here();
}
void Conductor::on(const PauseRun&) {
    throw not_here();
}
void Conductor::on(const StopRun&) {
    throw not_here();
}
void Conductor::on(const CloseRun&) {
    throw not_here();
}
void Conductor::on(const ShowCheckpoint&) {
    throw not_here();
}

}  // namespace gatescope
