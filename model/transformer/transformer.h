#pragma once
// The one decoder, steered by ModelConfig. Not thread-safe: one worker owns it. Shapes as in model/hooks.h; V d_vocab.

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "model/config.h"
#include "model/core/job_context.h"
#include "model/families/families.h"
#include "model/gates/gate.h"
#include "model/hooks.h"

namespace gatescope {

struct DeviceChoice {
    std::string device = "best";  // "cpu", "cuda", "cuda:1"; best: CUDA where it works
    DataType dtype = DataType::kFloat32;
};

// The residual stream as it enters a layer, [T, D] in the model's dtype. At layer 0 without a tensor: the embedding.
struct StreamPoint {
    std::int64_t layer = 0;
    at::Tensor resid_TD;
};

// Takes streams as a pass comes by them. What it is shown is never written to again: it may be kept as it is.
class StreamKeeper {
  public:
    virtual ~StreamKeeper() = default;
    virtual void keep(std::int64_t layer, const at::Tensor& resid_TD) = 0;
};

// One pass over one window.
struct ForwardRequest {
    std::span<const std::int32_t> ids;
    std::int64_t window = 0;          // number in the text, for seeds
    std::int64_t nominal_window = 0;  // T of the run; 0: ids.size()
    GateRun* gate = nullptr;          // nullptr: dense
    std::vector<Observer*> observers = {};
    StreamPoint start = {};          // layers below are not run; observers hear nothing of them
    StreamKeeper* keeper = nullptr;  // shown the stream that enters each layer that runs
    std::int64_t end = -1;           // layers from this one on are not run; -1: all run
};

class Transformer {
  public:
    virtual ~Transformer() = default;
    virtual const ModelConfig& config() const = 0;
    virtual std::string device() const = 0;  // "cpu", "cuda:0"
    virtual DataType dtype() const = 0;
    virtual std::uint64_t parameter_count() const = 0;
    // Final normalised residual stream [T, D]; of a pass with an end, the stream that enters that layer. Ticks `job` at
    // every layer and query block.
    virtual at::Tensor forward(const ForwardRequest& request, JobContext& job) = 0;
    // Logits [n, V] in float32 of rows of forward()'s result.
    virtual at::Tensor logits(const at::Tensor& hidden_TD) = 0;
    // NLL of ids[1..] in nats, from forward()'s result, never holding [T, V]: [T] floats, NaN first.
    virtual std::vector<float> token_nll(const at::Tensor& hidden_TD, std::span<const std::int32_t> ids,
                                         JobContext& job) = 0;
};

// Loads the weights of a checkpoint that a family of the registry knows; the transformer may keep it, to look up
// embeddings. Progress in tensors. Throws Failure,
// Cancelled.
std::unique_ptr<Transformer> load_transformer(const std::shared_ptr<const CheckpointReader>& checkpoint,
                                              const DeviceChoice& choice, JobContext& job);
}  // namespace gatescope
