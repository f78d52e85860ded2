#pragma once
// The one decoder with a way back: the loss of a batch of windows, differentiable by its parameters and by the arrays
// of a gate at work.

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <span>

#include "model/config.h"
#include "model/core/job_context.h"
#include "model/gates/gate.h"
#include "model/transformer/parameters.h"

namespace gatescope {

// Windows of one length that run together.
struct TrainBatch {
    std::int64_t windows = 0, length = 0;
    std::span<const std::int32_t> ids;      // [windows * length]
    std::span<const std::int64_t> numbers;  // [windows]: of the windows in the data, for seeded gates
    std::int64_t step = 0;                  // of the training, for `stochastic`
    GateRun* gate = nullptr;                // nullptr: dense
    std::vector<Observer*> observers = {};  // on_layer() alone is called, window by window
    JobContext* way_back = nullptr;         // ticked at every layer of the way back, so it outlives that; nullptr: none
};

class TrainedDecoder {
  public:
    // Works on the tensors of `parameters` themselves: what an optimiser writes into them counts at the next call.
    // `compute`: kBFloat16 multiplies in bfloat16, sums, norms, softmax and loss stay float32.
    TrainedDecoder(ModelConfig config, const Parameters& parameters, at::Device device, DataType compute);
    ~TrainedDecoder();
    // Mean NLL in nats of all tokens but each window's first: a scalar with the graph behind it. Ticks `job` at every
    // layer; a cancelled call leaves nothing behind. Throws Failure, Cancelled.
    at::Tensor loss(const TrainBatch& batch, JobContext& job);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace gatescope
