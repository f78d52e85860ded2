#pragma once
// Parameters that several gates share, each described once. No torch.

#include "model/core/param_spec.h"

namespace gatescope {

ParamSpec keys_param();                           // k: required, 64 to begin with
ParamSpec sinks_param();                          // sinks: 0
ParamSpec local_param(std::int64_t initial = 0);  // local
ParamSpec seed_param();                           // seed: 0

ParamSpec file_param();         // file: required
ParamSpec rope_param();         // rope: 0
ParamSpec other_model_param();  // other_model: 0

// Forced keys of a term; 0 where the gate has no such parameter.
std::int64_t sinks_of(const ParamValues& values);
std::int64_t local_of(const ParamValues& values);

}  // namespace gatescope
