#pragma once
// What a gate does to the layers below each layer. Two passes over a window whose trails below a layer are equal bring
// the very same stream into that layer.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "model/config.h"
#include "model/gates/gate_info.h"

namespace gatescope {

class GateTrail {
  public:
    // The dense model's.
    explicit GateTrail(const ModelConfig& model) : GateTrail(GateSpec{}, model) {}
    // `file_sha256` by path: a gate file may be written anew between two passes.
    GateTrail(const GateSpec& gate, const ModelConfig& model,
              const std::map<std::string, std::string>& file_sha256 = {});

    std::int64_t n_layers() const { return static_cast<std::int64_t>(below_.size()) - 1; }
    // Of layers [0, layer): canonical text, each head under the term that has it; empty where all of them are dense.
    const std::string& below(std::int64_t layer) const { return below_[static_cast<std::size_t>(layer)]; }
    bool touches(std::int64_t layer) const { return !layers_[static_cast<std::size_t>(layer)].empty(); }
    // Does the layer get something else than the one below it?
    bool turns_at(std::int64_t layer) const;

  private:
    std::vector<std::string> layers_, below_;
};

}  // namespace gatescope
