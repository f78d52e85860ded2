#pragma once
// A checkpoint that is nowhere but in memory: metadata and a listing of tensors, all of whose numbers are 1.

#include <algorithm>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "model/checkpoint/checkpoint_reader.h"

namespace gatescope {

class MemoryCheckpoint : public CheckpointReader {
  public:
    MemoryCheckpoint(MetadataKind kind, nlohmann::json metadata, std::vector<TensorInfo> tensors = {})
        : kind_(kind), metadata_(std::move(metadata)), tensors_(std::move(tensors)) {}

    std::string format() const override { return "memory"; }
    MetadataKind metadata_kind() const override { return kind_; }
    std::filesystem::path folder() const override { return {}; }
    std::vector<std::filesystem::path> weight_files() const override { return {"memory"}; }
    const std::vector<TensorInfo>& tensors() const override { return tensors_; }
    const nlohmann::json& metadata() const override { return metadata_; }
    void read_float32(const TensorInfo&, std::int64_t, std::span<float> out) const override {
        std::fill(out.begin(), out.end(), 1.0F);
    }
    void release(const TensorInfo&) const override {}

  private:
    MetadataKind kind_;
    nlohmann::json metadata_;
    std::vector<TensorInfo> tensors_;
};

}  // namespace gatescope
