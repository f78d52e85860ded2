#pragma once
// What a capture was made for, told by the groups that it has: each kind has a reader of its own.

#include "captures/h5_reader.h"

namespace gatescope {

enum class CaptureKind {
    kRun,         // a model on a text: capture.h
    kSurvey,      // spectra of one or many checkpoints: survey.h
    kComponents,  // what heads' components do: components_file.h
    kExperiment,  // an experiment with all its runs: experiment_file.h
};

CaptureKind kind_of(const h5::Reader& in);

// Throws Failure(kUsage) that says what the capture is and what opens it.
void require_kind(const h5::Reader& in, CaptureKind wanted);

}  // namespace gatescope
