// Spectra of the open model, components of a head, surveys of many checkpoints.

#include "app/engine/conductor.h"
#include "model/core/error.h"

namespace gatescope {

void Conductor::on(const MeasureSpectra&) {
    throw Failure(FailureKind::kUnsupported, "spectra can't be measured in a session yet");
}

void Conductor::on(const ShowComponents&) {
    throw Failure(FailureKind::kUnsupported, "components can't be shown in a session yet");
}

void Conductor::on(const StartSurvey&) {
    throw Failure(FailureKind::kUnsupported, "surveys can't be made in a session yet");
}

void Conductor::on(const CloseSurvey&) {
    board_.change([](Snapshot& snapshot) {
        snapshot.survey = nullptr;
        snapshot.survey_path.clear();
    });
}

}  // namespace gatescope
