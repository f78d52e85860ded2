#pragma once
// The arrays of a trained gate: a safetensors file of float32 tensors `layers.N.ARRAY`, whose metadata says format
// "gatescope-gate", version, kind, and the sha256 of the model that it was trained on. No torch.

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "model/checkpoint/tensor_file.h"
#include "model/config.h"
#include "model/core/index_set.h"

namespace gatescope {

// What a dimension of an array must be: the model's, or the gate's own width or number of heads, the same in all of the
// file.
enum class GateDimension { kHeads, kModel, kGate, kGateHeads };

struct GateArray {
    std::string name;  // "query"
    std::vector<GateDimension> shape;
};

// The model that a gate is to work on.
struct GateModel {
    const ModelConfig& config;
    std::string sha256;  // of its weights
};

class GateFile {
  public:
    // Reads and checks the header alone. Throws Failure naming file and tensor: kNotFound, kBadFile, kUnsupported.
    GateFile(const std::filesystem::path& path, const std::string& kind, std::vector<GateArray> arrays);

    std::int64_t gate_dim() const { return gate_dim_; }
    // What the metadata says of how it was trained, "rope" say; empty where it says nothing.
    std::string note(const std::string& key) const;
    bool has_layer(std::int64_t layer) const { return layers_.contains(layer); }
    // Values of an array, row-major, and its shape as the file has it. Throws Failure where the layer is not there.
    std::vector<float> read(std::int64_t layer, const std::string& array) const;
    std::vector<std::int64_t> shape(std::int64_t layer, const std::string& array) const;

    // Shapes against the model's, every layer of `layers` there and none beyond the model's, every value finite, and
    // the model the one that the gate was trained on unless `any_model`. Throws Failure(kBadFile).
    void check(const GateModel& model, const IndexSet& layers, bool any_model) const;

  private:
    void check_metadata(const std::string& kind) const;
    void add_tensor(std::size_t index);
    void check_complete() const;
    void check_layers(const ModelConfig& config, const IndexSet& layers) const;
    void check_shapes(const ModelConfig& config) const;
    void check_values() const;
    std::size_t place(std::int64_t layer, const std::string& array) const;

    std::unique_ptr<TensorFile> file_;
    std::vector<GateArray> arrays_;
    std::map<std::int64_t, std::map<std::string, std::size_t>> layers_;  // array name -> index in the file
    std::int64_t gate_dim_ = 0, gate_heads_ = 0;
};

}  // namespace gatescope
