#pragma once
// The gate lab's forms as requests to the engine, or what is wrong with them. The window draws what is said here. No
// Dear ImGui.

#include <string>
#include <vector>

#include "app/engine/snapshot.h"
#include "app/window/field_errors.h"
#include "app/window/lab_view.h"

namespace gatescope {

template <typename Wanted>
struct Checked {
    Wanted command;
    FieldErrors errors;
    std::string why_not;  // why it can't be started, in one line; empty: it can
    bool exists = false;  // the file to be written is there already
};

// Gates of the catalogue that are trained by a signal of their own: a soft one takes the file of its hard sister.
std::vector<const GateInfo*> distillable_gates();
// Which fields of the form a gate's training takes, beside those that all take.
struct DistillFields {
    bool rope = false, keys_per_block = false, index_heads = false, kernel_start = false;
};
DistillFields distill_fields(const std::string& gate);
// The text that is trained on: the field's, the sample's own while the sample is open, or none.
std::string training_text(const Snapshot& snapshot, const DistillDraft& draft);
// Where a gate file or a sweep goes unless a path is typed: in the present folder, named after the model.
std::string suggested_gate_file(const Snapshot& snapshot, const DistillDraft& draft);
std::string suggested_sweep_file(const Snapshot& snapshot);

Checked<StartDistillation> check_distillation(const Snapshot& snapshot, const DistillDraft& draft);
// What is swept of any of the gates; of a gate that is being typed, kNothing where it can't be read.
std::vector<Swept> swept_of(const std::vector<GateSpec>& gates);
Swept swept_of_draft(const std::string& gate);

Checked<StartSweep> check_sweep(const Snapshot& snapshot, const SweepDraft& draft);
Checked<StartSensitivity> check_sensitivity(const Snapshot& snapshot, const SensitivityDraft& draft);

// What the distillation will do, and how long it takes once that is known.
std::string distillation_outlook(const Snapshot& snapshot, const DistillRequest& request);
// "7 min", "1 h 20 min", "under 1 min"
std::string duration_text(double seconds);

// What was checked, as command lines that do the same.
std::string sweep_line(const Snapshot& snapshot, const StartSweep& sweep);
std::string sensitivity_line(const Snapshot& snapshot, const StartSensitivity& sensitivity);

// The job of a kind, running or waiting; nullptr: none.
const JobStatus* job_of(const Snapshot& snapshot, const std::string& kind);
bool distillation_runs(const Snapshot& snapshot);
bool distillation_paused(const Snapshot& snapshot);

}  // namespace gatescope
