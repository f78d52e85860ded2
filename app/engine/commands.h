#pragma once
// What the window asks of the engine: plain data, sent and forgotten. Every one has an answer in a later Snapshot.

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "analysis/experiments/experiment_plan.h"
#include "analysis/lab_results.h"
#include "analysis/spectra/survey_results.h"
#include "analysis/training/recipe.h"

namespace gatescope {

enum class GateSlot { kA, kB };

struct OpenModel {
    std::string path;                // "sample" or a path
    std::string dtype = {};          // empty: as set
    std::int64_t window_length = 0;  // 0: as set
    bool weights_only = false;       // headers alone: nothing runs
    bool close_first = false;        // let the open model go before this one is read
};
struct PreviewModel {
    std::string path;  // "sample" or a path; empty takes the preview away
};
struct OpenText {
    std::string path;
};  // "sample" or a path
struct UseText {
    std::string name, contents;
};  // typed in
struct SetWindows {
    std::int64_t window_length = 512, windows = 8;
};
struct SetDevice {
    std::string device = "best", dtype = "float32";
};
struct SetGate {
    GateSlot slot = GateSlot::kA;
    std::string gate;
};                    // syntax; "dense" for none
struct SwapGates {};  // in one go: two SetGates would take one of the gates off in between, and its windows with it
struct ShowHead {
    std::int64_t layer = 0, head = 0, window = 0;
};  // asks for its map
struct MeasureInduction {};
struct ExportCapture {
    std::string path;
    bool patterns = false, masks = false, overwrite = false;
};
// A paper figure from a capture, by Python's matplotlib (captures/figure.h).
struct ExportFigure {
    std::string capture, figure;  // of experiments: or their folder; "experiment"
    std::string path;             // .pdf, .svg or .png
    bool overwrite = false;
};
struct OpenCapture {
    std::string path;
};
struct CloseCapture {};
struct CancelJob {
    std::uint64_t job = 0;
};
struct Remeasure {};  // goes on with a measurement that was cancelled or failed
// The gate lab. A sweep, a sensitivity map and a distillation are each one at a time; a new one takes the old one's
// place. CancelJob stops any of them with what is there so far kept; the first two go on where they were when the same
// is asked for again.
struct StartSweep {
    SweepRequest request;
    std::string path;        // of its capture
    bool overwrite = false;  // else an existing capture of the same sweep is gone on with
};
struct StartSensitivity {
    SensitivityRequest request;
};
struct StartDistillation {
    DistillRequest request;
    bool overwrite = false;
};
struct PauseDistillation {
    bool paused = true;
};
struct StopDistillation {};  // keeps the gate so far, in its file
struct MeasureGateGradient {
    DistillRequest request;  // through `gate` at `k`, and through its soft sister beside it
};
// Spectra of the open model: declarative, the newest wish counts, and what of it is there already is not done again.
// Weight kernels need headers alone; activations and cosines a text and a model that runs.
struct MeasureSpectra {
    SpectraRequest request;
};
struct ShowComponents {
    ComponentsRequest request;
};
// Weight kernels of many checkpoints, one at a time; those of the survey shown that are asked for again are kept.
struct StartSurvey {
    std::vector<std::string> models;  // paths; "sample" allowed
    SpectraRequest request;
    std::string path;  // of its capture; empty: none
    bool overwrite = false;
};
struct CloseSurvey {};
// The co-adaptation lab. Runs are named by their folders; those of a recipe queue up, one trains at a time.
struct StartRuns {
    Recipe recipe;
    std::string folder;      // of a single run, or of the recipe with a folder below for each
    bool overwrite = false;  // else a folder that holds a run is refused
};
struct OpenRuns {
    std::string folder;
};  // shows the runs of a folder without training
struct ResumeRun {
    std::string folder;
};  // paused, stopped, failed, or cut off in another session: goes on from its last checkpoint
struct PauseRun {
    std::string folder;
};  // between two steps; memory is kept, a checkpoint is written
struct StopRun {
    std::string folder;
};  // with a checkpoint; its memory is let go
struct CloseRun {
    std::string folder;
};  // stops it and takes it off the list; the folder stays
// A run's model as of a checkpoint is opened, and all that is shown follows.
struct ShowCheckpoint {
    std::string folder;
    std::int64_t step = 0;
};
// The experiments. One is under way at a time, behind everything else; named by their folders.
struct ProposeExperiment {
    ExperimentSetting setting;
    std::string folder;  // where it would be: what is done there already needs no time
};                       // plan, diagram and time, or why not; the newest counts
struct StartExperiment {
    ExperimentSetting setting;
    std::string folder;
    bool overwrite = false;  // else a folder that holds an experiment is refused
};
struct OpenExperiment {
    std::string path;
};  // a folder, or an experiment's capture
struct ResumeExperiment {
    std::string folder;
};  // stopped, failed, or cut off in another session
struct StopExperiment {
    std::string folder;
};  // what is done stays; a run under way writes a checkpoint
struct CloseExperiment {
    std::string folder;
};  // stops it and takes it off the list; the folder stays
struct DismissMessage {
    std::uint64_t message = 0;
};

using Command =
    std::variant<OpenModel, PreviewModel, OpenText, UseText, SetWindows, SetDevice, SetGate, SwapGates, ShowHead,
                 MeasureInduction, ExportCapture, ExportFigure, OpenCapture, CloseCapture, CancelJob, Remeasure,
                 StartSweep, StartSensitivity, StartDistillation, PauseDistillation, StopDistillation,
                 MeasureGateGradient, MeasureSpectra, ShowComponents, StartSurvey, CloseSurvey, StartRuns, OpenRuns,
                 ResumeRun, PauseRun, StopRun, CloseRun, ShowCheckpoint, ProposeExperiment, StartExperiment,
                 OpenExperiment, ResumeExperiment, StopExperiment, CloseExperiment, DismissMessage>;

}  // namespace gatescope
