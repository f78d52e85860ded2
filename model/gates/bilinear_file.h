#pragma once
// What `learned` and `soft-learned` share: a bilinear gate whose arrays come from a gate file of the kind "learned".

#include "model/gates/bilinear.h"

namespace gatescope {

// An array of a layer, on x's device. Throws Failure(kBadFile) where it does not fit the layer.
at::Tensor gate_array(const GateFile& file, const LayerInput& layer, const std::string& name);

// The gate of a term with file, rope and other_model. Throws Failure.
std::unique_ptr<Gate> bilinear_gate_of_file(const GateTerm& term, BilinearGate::Use use);
// A GateEntry's check_file for such a term.
void check_bilinear_file(const GateTerm& term, const GateModel& model);

}  // namespace gatescope
