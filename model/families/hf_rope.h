#pragma once
// RoPE as config.json says it: rope_parameters (transformers 5) or rope_theta and rope_scaling (4).

#include <string>

#include "model/config.h"
#include "model/families/metadata.h"

namespace gatescope {

// The keys of the whole config that stand in for rope_parameters' own, and what holds without either.
struct HfRopeKeys {
    std::string base = "rope_theta", part = "partial_rotary_factor";
    double part_otherwise = 1.0;
};

// Fills rope_base, rope_dims and rope_scaling; d_head and n_ctx are there. Throws Failure naming the key; kUnsupported
// for a kind of scaling that this program doesn't compute.
void read_hf_rope(const Metadata& json, const HfRopeKeys& keys, ModelConfig& config);

}  // namespace gatescope
