// Experiments are the ExperimentQueue's, what they would be the proposals'.
#include <system_error>

#include "app/engine/conductor.h"
#include "app/engine/experiments/experiment_run.h"
#include "model/core/last_part.h"

namespace gatescope {

void Conductor::on(const ProposeExperiment& command) {
    proposals_.propose(command);
}
void Conductor::on(const StartExperiment& command) {
    experiments_.start(command);
}
void Conductor::on(const OpenExperiment& command) {
    experiments_.open(command);
}
void Conductor::on(const ResumeExperiment& command) {
    experiments_.resume(command);
}
void Conductor::on(const StopExperiment& command) {
    experiments_.stop(command);
}
void Conductor::on(const CloseExperiment& command) {
    experiments_.close(command);
}

// Dropped onto the window or named at the start where a model is meant: an experiment's folder and a capture are opened
// as what they are.
bool Conductor::opens_elsewhere(const std::string& path) {
    const std::filesystem::path what = path;
    std::error_code ignored;
    if (what.extension() == ".h5" || what.extension() == ".hdf5") {
        if (!std::filesystem::is_regular_file(what, ignored)) return false;
        on(OpenCapture{path});
        return true;
    }
    if (!is_experiment_folder(what)) return false;
    on(OpenExperiment{path});
    say_where_shown(path);
    return true;
}

void Conductor::say_where_shown(const std::string& path) {
    board_.say(Severity::kInfo, last_part(path) + " is an experiment: the layout Experiments shows it");
}

}  // namespace gatescope
