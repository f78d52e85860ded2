#pragma once
// What is shown of a training run: plain, immutable, shared. No torch.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "analysis/lab_results.h"
#include "analysis/training/train_plan.h"

namespace gatescope {

// Series of a run's TrainCurve, one value a report; by layer as "layer_3.mass_at_k".
//   loss                       mean NLL of the training windows since the last report, under the gate
//   perplexity                 held-out, under the gate; perplexity_dense: without it
//   learning_rate, gradient_norm (all that trains, before clipping)
//   gate_gradient_norm, query_gradient_norm, key_gradient_norm, value_gradient_norm
//   f1, captured_mass          of the gate's sets with the oracle's; NaN for soft gates
//   mass_at_k                  of the dense pattern, k the gate's or 64
//   layer_N.X                  X of layer N: the four gradient norms, f1, mass_at_k, entropy
// Norms are root mean squares over the steps since the last report.

struct RunCheckpoint {
    std::int64_t step = 0;
    std::string path;  // a Hugging Face folder
};

struct RunView {
    std::uint64_t id = 0;  // changes whenever anything in here does
    std::string folder;    // of the run: what commands name it by
    TrainPlan plan;
    std::shared_ptr<const TrainCurve> curve;  // nullptr before the first report
    std::string status;                       // "waiting", "running", "paused", "stopped", "done", "failed"
    std::string message;                      // why it is paused or failed, one line
    std::vector<std::string> warnings;        // one line each
    std::int64_t step = 0;
    double unigram_perplexity = 0;  // of the held-out windows under the training tokens' frequencies; 0: not known
    std::int64_t held_out_tokens = 0, train_tokens = 0;  // in the data
    // Cost so far and what is left.
    double seconds = 0;            // of training and reports
    double tokens = 0;             // trained on
    double flops = 0;              // of forward and backward passes, as multiply-adds times two
    double tokens_per_second = 0;  // lately; 0: not known
    double seconds_left = -1;      // negative: not known
    std::vector<RunCheckpoint> checkpoints;
};

}  // namespace gatescope
