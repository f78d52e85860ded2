#pragma once
// All that the window draws: an immutable picture of the engine, replaced whole, cheap to copy (shared pointers). No
// torch.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "analysis/results.h"
#include "analysis/spectra/survey_results.h"
#include "analysis/training/training_results.h"
#include "app/engine/commands.h"
#include "app/engine/experiments/experiment_views.h"
#include "app/engine/preview.h"
#include "model/core/job_context.h"

namespace gatescope {

struct JobStatus {
    std::uint64_t id = 0;
    std::shared_ptr<const JobContext> job;  // progress() is safe to call from the window's thread
    bool cancellable = true;
    std::string kind = {};  // its JobTask's; of the gate lab: "sweep", "sensitivity", "distillation", "gradient",
                            // "spectra", "components", "survey", "training", "experiment"
};

enum class Severity { kInfo, kSuccess, kWarning, kError };
struct Message {
    std::uint64_t id = 0;
    Severity severity = Severity::kInfo;
    std::string text;
    std::string time;  // "14:03:22"
};

struct Settings {
    std::string model_path, text_path;  // as opened; "sample" allowed; text_path "" for a typed text
    std::int64_t window_length = 512, windows = 8;
    std::string device = "best", dtype = "float32";
    std::string gate_a = "dense", gate_b = "dense";  // canonical syntax
};

struct Snapshot {
    std::uint64_t id = 0;  // grows with every change
    Settings settings;
    std::shared_ptr<const ModelSummary> model;    // nullptr until one is open
    bool weights_only = false;                    // it is open by its headers alone: nothing runs on it
    std::shared_ptr<const ModelPreview> preview;  // of what was asked for last; an older one until that is read
    std::shared_ptr<const LoadRefusal> refusal;   // of the model asked for last, where there was no room for it
    std::string device, dtype;                    // in use: "cpu", "float32"; empty while nothing is loaded
    int threads = 0;
    std::shared_ptr<const RunResult> run;          // growing: dense with concentration, and the gates that are set
    std::optional<std::size_t> gate_a, gate_b;     // index into run->gates; none while dense
    std::shared_ptr<const PatternMatrix> pattern;  // of the head shown last
    std::shared_ptr<const RunResult> capture;      // an opened capture, shown in place of `run` while it is open
    std::string capture_path;
    std::shared_ptr<const PatternMatrix> capture_pattern;  // of the head shown last, where the capture stores patterns
    std::shared_ptr<const RunResult> sweep;  // the last one: its gates are its points, in the order of the request
    std::string sweep_path;
    std::shared_ptr<const SensitivityResult> sensitivity;  // of the open model and text
    std::shared_ptr<const DistillRun> distillation;        // the last one
    std::vector<GateGradient> gate_gradients;              // as measured last: of a hard gate and of its soft sister
    std::shared_ptr<const ModelSpectra> spectra;           // of the open model; those of a run are in `run`, too
    std::shared_ptr<const HeadComponents> components;      // of the head shown last
    std::shared_ptr<const SpectraSurvey> survey;           // measured here, or opened from a capture
    std::string survey_path;                               // of its capture; empty: none
    std::vector<std::shared_ptr<const RunView>> runs;      // training runs, in the order in which they came
    std::string shown_run;                                 // folder of the run whose checkpoint is the open model
    std::int64_t shown_step = -1;                          // of that checkpoint; -1: none
    std::shared_ptr<const ExperimentProposal> proposal;    // of the setting that was asked about last
    std::vector<std::shared_ptr<const ExperimentView>> experiments;  // in the order in which they came
    std::vector<JobStatus> jobs;                                     // running first, then queued
    std::vector<Message> messages;                                   // oldest first, at most a few dozen
    std::string command_line;                                        // `gatescope capture ...` that makes what is shown
};

}  // namespace gatescope
