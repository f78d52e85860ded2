// Experiments of the session.
#include "app/engine/conductor.h"

namespace gatescope {

void Conductor::on(const ProposeExperiment&) {
    board_.say(Severity::kError, "experiments are run by the command line so far");
}
void Conductor::on(const StartExperiment&) {
    board_.say(Severity::kError, "experiments are run by the command line so far");
}
void Conductor::on(const OpenExperiment&) {
    board_.say(Severity::kError, "experiments are run by the command line so far");
}
void Conductor::on(const ResumeExperiment&) {
    board_.say(Severity::kError, "experiments are run by the command line so far");
}
void Conductor::on(const StopExperiment&) {
    board_.say(Severity::kError, "experiments are run by the command line so far");
}
void Conductor::on(const CloseExperiment&) {
    board_.say(Severity::kError, "experiments are run by the command line so far");
}

}  // namespace gatescope
