#pragma once
// A model in a capture: its group /model, and the dimensions layer and head beside it, which hold those analysed.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "analysis/results.h"
#include "captures/h5_reader.h"
#include "captures/h5_writer.h"

namespace gatescope {

// A model as a capture has it.
struct StoredModel {
    std::shared_ptr<const ModelSummary> model;
    std::vector<std::int32_t> layers, heads;  // those analysed, ascending
    IndexSet layer_set, head_set;             // the same
};

// `base`: "/", or the group of one of several models ("/models/gpt2"), which is there already.
void write_model(h5::Writer& out, const std::string& base, const ModelSummary& model, const IndexSet& layers,
                 const IndexSet& heads);
// Throws Failure(kBadFile) naming the dataset or attribute.
StoredModel read_model(const h5::Reader& in, const std::string& base);

// "/", "model" -> "/model"; "/models/gpt2", "model" -> "/models/gpt2/model"
std::string below(const std::string& base, const std::string& name);

}  // namespace gatescope
