#pragma once
// Gates that can be trained on a frozen model: their arrays, their scores with the way back to the arrays, derived by
// hand and streamed over blocks of queries. A kind is one file in gates/ and one line in trainable_gates.cpp.
// DEFINITIONS.md section 5. H query head, S head of the gate or one for all, T token, Q query, K key or block of keys.

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "model/gates/gate.h"

namespace gatescope {

// All that shapes a gate's arrays and targets, whatever its kind.
struct TrainShape {
    std::int64_t k = 64, gate_dim = 32, keys_per_block = 16, index_heads = 4;
    bool rope = false;
    std::int64_t seed = 0;  // of the first values
};

// Of one layer, float32 and contiguous, in the order of TrainableGate::arrays.
using GateArrays = std::vector<at::Tensor>;

// What a query of a trained gate chooses from: columns [begin, end) of its scores.
struct ColumnRange {
    std::int64_t begin = 0, end = 0;
};

// One layer's gate on one window. Blocks of queries come in order.
class ScoreGraph {
  public:
    virtual ~ScoreGraph() = default;
    virtual ColumnRange columns(std::int64_t query) const = 0;
    // [S, Q, K], contiguous; what stands outside a query's columns means nothing.
    virtual at::Tensor scores(const PatternBlock& block) = 0;
    // Of the same shape, contiguous: the pattern that scores are held to, and the oracle's set as 0 and 1.
    virtual at::Tensor pattern(const PatternBlock& block) const = 0;
    virtual at::Tensor oracle(const PatternBlock& block) const = 0;
    // Takes in the gradient by the scores of the block that scores() saw last.
    virtual void backward(const PatternBlock& block, const at::Tensor& gradient_SQK) = 0;
    // By array, once all blocks were there.
    virtual GateArrays gradients() = 0;
};

// The arrays of a layer, asked once a layer by a gate at work.
using ArraySource = std::function<GateArrays(const LayerInput& layer)>;

struct TrainableGate {
    std::string id;                   // in the catalogue, and the kind of its file
    std::vector<std::string> arrays;  // names in the file
    double learning_rate = 0;         // unless the user says otherwise
    bool takes_rope = false, takes_block = false, takes_index_heads = false;  // of the shape
    // First values, N(0, 1/d); and from the layer's own W_q and W_k, of input.kernel: nullptr where it can't. Throws
    // Failure(kUsage, kUnsupported).
    GateArrays (*random)(const LayerInput& input, const TrainShape& shape);
    GateArrays (*from_kernel)(const LayerInput& input, const ModelConfig& model, const TrainShape& shape);
    std::unique_ptr<ScoreGraph> (*graph)(const LayerInput& input, const GateArrays& arrays, const TrainShape& shape);
    // The gate of a term at work, and the term's values that follow from the shape.
    std::unique_ptr<Gate> (*gate)(const GateTerm& term, ArraySource source);
    void (*deploy)(ParamValues& values, const TrainShape& shape);
};

const std::vector<TrainableGate>& trainable_kinds();
// Throws Failure(kUsage) with the nearest known id.
const TrainableGate& trainable_gate(const std::string& id);

}  // namespace gatescope
