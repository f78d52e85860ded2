// What sparsifying each layer or head alone costs.
#include "app/engine/conductor.h"
#include "model/core/error.h"

namespace gatescope {

void Conductor::on(const StartSensitivity&) {
    throw Failure(FailureKind::kUnsupported, "not in this build yet");
}

}  // namespace gatescope
