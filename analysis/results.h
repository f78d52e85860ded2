#pragma once
// Plain results, shared as shared_ptr<const ...>: what the window draws, captures store and the command line prints are
// the same objects. No torch. Formulas: DEFINITIONS.md sections 2 to 4.

#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "analysis/gate_cost.h"
#include "analysis/head_grid.h"
#include "analysis/lab_results.h"
#include "analysis/spectra/spectra_results.h"
#include "model/config.h"
#include "model/core/index_set.h"
#include "model/gates/gate_info.h"

namespace gatescope {

inline constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

// Who the model is.
struct ModelSummary {
    std::string name;           // file name without folders
    std::string sha256;         // of the weights; empty until known
    std::string architecture;   // family id
    std::string config_json;    // the checkpoint's own, paths cut
    std::string tokenizer;      // "BPE"
    std::string format;         // "gguf"
    std::string weight_dtypes;  // "Q4_1, F32"
    std::uint64_t parameter_count = 0;
    std::uint64_t size_bytes = 0;
    ModelConfig config;
};

// The text, cut into windows (DEFINITIONS.md section 3).
struct TextWindows {
    std::string name;                                // file name without folders
    std::string sha256;                              // of the text's bytes
    std::int64_t window_length = 0;                  // T asked for
    std::vector<std::vector<std::int32_t>> windows;  // each of 2..T ids
    std::map<std::int32_t, std::string> pieces;      // bytes of every id that occurs
};

// All that determines a run's numbers.
struct RunRequest {
    std::int64_t window_length = 512;
    std::int64_t windows = 16;  // 0: all
    IndexSet layers, heads;     // what is analysed
    std::vector<GateSpec> gates;
    bool concentration = true;
    bool agreement = true;  // precision ... captured_mass of the gates
    bool patterns = false;
    bool masks = false;
    std::int64_t mask_windows = 1;
    bool induction = false;
    SpectraRequest spectra;
    std::int64_t seed = 0;
};

// DEFINITIONS.md section 3. Intervals are 95 % from Student's t.
struct PerplexityEstimate {
    double nll = std::numeric_limits<double>::quiet_NaN();  // nats a token
    double perplexity = std::numeric_limits<double>::quiet_NaN();
    double nll_standard_error = std::numeric_limits<double>::quiet_NaN();  // NaN for one window
    double low = std::numeric_limits<double>::quiet_NaN(), high = std::numeric_limits<double>::quiet_NaN();
    std::int64_t tokens = 0, windows = 0;
};

struct PairedDifference {
    double nll = std::numeric_limits<double>::quiet_NaN();
    double standard_error = std::numeric_limits<double>::quiet_NaN();
    double low = std::numeric_limits<double>::quiet_NaN(), high = std::numeric_limits<double>::quiet_NaN();  // 95 %
    std::int64_t windows = 0;
};

// Per-token losses of the windows done so far and what they amount to; nothing where the model has no perplexity.
struct PerplexityResult {
    std::vector<std::vector<float>> token_nll;  // [window][token], NaN where not scored
    PerplexityEstimate estimate;
};

// DEFINITIONS.md section 2. `figures` by the metric's id: "entropy", "sink_mass", ... (metrics.cpp has the list).
struct Concentration {
    std::vector<std::int32_t> k;
    std::vector<HeadGrid> mass_at_k, mass_at_k_full;  // one grid per k
    std::map<std::string, HeadGrid> figures;
    std::vector<std::int32_t> induction_ids;  // empty unless the induction pass ran
};

// Key sets of the first windows: [mask_window, layer, head, query, slot], ascending, -1 padded.
struct KeySets {
    std::int64_t windows = 0, layers = 0, heads = 0, queries = 0, slots = 0;
    std::vector<std::int32_t> keys;
};

struct GateResult {
    GateSpec gate;
    std::map<std::string, std::string> file_sha256;  // of the files that the gate names, by their paths
    std::int64_t windows_done = 0;
    double sparsity = std::numeric_limits<double>::quiet_NaN();
    PerplexityResult perplexity;
    PairedDifference from_dense;
    std::map<std::string, HeadGrid> agreement;  // precision, recall, f1, captured_mass; empty unless asked for
    std::shared_ptr<const KeySets> masks;       // nullptr unless asked for
    GateCost cost;
};

// Attention probabilities of all analysed heads of one window (capture --patterns).
struct WindowPatterns {
    std::int64_t window = 0, layers = 0, heads = 0, queries = 0;
    std::vector<std::uint16_t> probabilities;  // IEEE float16 bits [layer, head, query, key]
};

// One head's map for the attention view.
struct PatternMatrix {
    std::int64_t layer = 0, head = 0, window = 0, tokens = 0;
    bool causal = true;                        // false: an encoder, every query may use every key
    std::vector<float> probabilities;          // [query, key], 0 above the diagonal of a causal one
    std::vector<std::uint8_t> kept_a, kept_b;  // [query, key] 1 where the gate keeps the key; empty: no gate
};

struct RunResult {
    std::uint64_t id = 0;  // changes whenever anything in here does
    RunRequest request;
    std::shared_ptr<const ModelSummary> model;
    std::shared_ptr<const TextWindows> text;
    std::string device, dtype;  // "cpu", "float32"
    std::string command;        // the command line that makes the same
    std::string created;        // ISO 8601 UTC
    PerplexityResult dense;
    std::optional<Concentration> concentration;  // averaged over the windows done so far
    std::vector<GateResult> gates;
    std::vector<std::shared_ptr<const WindowPatterns>> patterns;
    std::shared_ptr<const SensitivityResult> sensitivity;   // nullptr unless measured
    std::shared_ptr<const Spectra> spectra;                 // nullptr unless worked out
    std::vector<std::shared_ptr<const TrainCurve>> curves;  // of trainings on this model
    std::vector<std::string> warnings;  // "T = 4096 is beyond the 2048 positions ...", one line each
    std::int64_t windows_done = 0;      // of the dense pass
    bool complete = false;
};

}  // namespace gatescope
