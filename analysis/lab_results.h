#pragma once
// Plain requests and results of the gate lab: sensitivity, distillation, sweeps. As results.h: shared as
// shared_ptr<const ...>; what the window draws, captures store and the command line prints are the same objects. No
// torch.

#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/core/index_set.h"
#include "model/gates/gate_info.h"

namespace gatescope {

// Figures reported every so many steps of a training, all as long as `step`; NaN where one was not measured then.
struct TrainCurve {
    std::uint64_t id = 0;  // changes whenever anything in here does
    std::string name;      // "learned kl k=64": the group's name in a capture
    std::string recipe;    // JSON: all that determined it
    std::string status;    // "running", "paused", "stopped", "done", "failed"
    std::vector<std::int64_t> step;
    std::map<std::string, std::vector<double>> series;  // by id: "loss", "f1", "captured_mass", "perplexity", ...
};

// DEFINITIONS.md section 5.
struct DistillRequest {
    std::string gate = "learned";  // a trainable gate of the catalogue with a training signal
    std::string loss = "kl";       // "kl" or "bce"
    std::int64_t k = 64, steps = 1000;
    std::int64_t gate_dim = 32;  // also r of `indexer`
    std::int64_t keys_per_block = 16, index_heads = 4;
    bool rope = false;
    double learning_rate = 0;      // 0: the gate's own default
    std::string start = "random";  // or "kernel": from the head's own W_q, W_k where the gate can
    IndexSet layers;               // whose gates are trained
    std::int64_t seed = 0;
    std::int64_t window_length = 512;
    std::string text, held_out;  // paths; held_out empty: the last eighth of the text's windows
    std::int64_t held_out_windows = 4;
    std::int64_t report_every = 25;      // steps
    std::int64_t sinks = 1, local = 16;  // of the deployed gate, where it takes them
    std::string out;                     // the gate file
    std::string capture;                 // with the curves; empty: none
};

// A distillation as it runs and when it is over.
struct DistillRun {
    std::uint64_t id = 0;  // changes whenever anything in here does
    DistillRequest request;
    std::shared_ptr<const TrainCurve> learned, random;  // random: the same gate frozen at its first values
    double dense_perplexity = std::numeric_limits<double>::quiet_NaN();  // on the held-out windows
    double oracle_perplexity = std::numeric_limits<double>::quiet_NaN();
    std::int64_t step = 0;
    double seconds = 0;    // of training, pauses apart
    std::string status;    // as TrainCurve's
    std::string deployed;  // the gate's syntax; empty until a file is there
};

// Gradient that reaches a trainable gate's arrays when the model's own loss is led back through what the gate does to
// attention: exactly 0 through a hard set. Norms by layer of the gate's, one window.
struct GateGradient {
    std::string gate;  // id: "learned", "soft-learned"
    std::vector<std::int64_t> layers;
    std::vector<double> norms;
    std::int64_t nonzero_values = 0, values = 0;  // of all arrays
};

// What sparsifying one layer, or one head, alone costs: nats a token above dense, each at every budget.
struct SensitivityRequest {
    GateTerm gate;  // the kind; its budget is set to each of `budgets`, its layers and heads to one at a time
    std::vector<std::int64_t> budgets = {8, 16, 32, 64, 128};  // of what is swept of the gate: keys, or its rank
    bool each_head = false;                                    // also heads alone, at `head_budget`
    std::int64_t head_budget = 16;
    double mean_budget = 64;  // over layers: what the proposal spends
    std::int64_t windows = 2, window_length = 512;
};

struct SensitivityPoint {
    double nll = std::numeric_limits<double>::quiet_NaN();  // difference from dense; NaN: not measured yet
    double standard_error = std::numeric_limits<double>::quiet_NaN();
};

// The budgets by layer that cost least together by what layers alone cost (greedy), against equal ones everywhere.
struct BudgetProposal {
    std::vector<std::int64_t> budgets;  // by layer
    GateSpec gate, equal;
    double predicted = 0, predicted_equal = 0;  // nats: the layers' costs added up
    // Measured once the map is full: differences from dense on the same windows; NaN before.
    SensitivityPoint measured, measured_equal;
};

struct SensitivityResult {
    std::uint64_t id = 0;
    SensitivityRequest request;
    std::int64_t n_layers = 0, n_heads = 0;
    std::vector<SensitivityPoint> layer_cost;  // [budget, layer]
    std::vector<SensitivityPoint> head_cost;   // [layer, head] at head_budget; empty unless each_head
    std::optional<BudgetProposal> proposal;    // once every layer has a cost
    std::int64_t done = 0, total = 0;          // points
    const SensitivityPoint& layer_at(std::size_t budget, std::int64_t layer) const {
        return layer_cost[budget * static_cast<std::size_t>(n_layers) + static_cast<std::size_t>(layer)];
    }
};

// Perplexity and agreement of any set of gates at every budget.
struct SweepRequest {
    std::vector<GateSpec> gates;
    std::map<Swept, std::vector<std::int64_t>> budgets;  // a gate takes those of what is swept of it
    std::int64_t window_length = 512, windows = 16;
};

}  // namespace gatescope
