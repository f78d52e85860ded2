#pragma once
// What a gate says about itself, and the gate syntax `id[:key=value,...][@layers[/heads]][+...]`. No torch: the window,
// the command line, captures and tests are made from this alone. DEFINITIONS.md section 4.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "model/config.h"
#include "model/core/index_set.h"
#include "model/core/param_spec.h"
#include "model/gates/swept.h"

namespace gatescope {

// What a head under the gate reads for a query.
enum class GateReads {
    kKeys,     // the keys and values that it keeps
    kState,    // a state of d_head x (d_head + 1) numbers in their place (linear attention)
    kNothing,  // its output is a constant (ablations)
};

struct GateTraits {
    bool hard = true;    // keeps a set of keys; soft gates keep all
    bool causal = true;  // nothing depends on later tokens
    Swept swept = Swept::kKeys;
    bool seeded = false;  // has a parameter "seed"
    bool trainable = false;
    bool needs_file = false;
    bool decoding_method = false;   // teacher forcing only simulates it, and the window says so
    bool adds_forced_keys = false;  // sinks and local come on top of the set instead of out of k (strided, blocks)
    bool needs_means = false;       // of the heads' dense outputs over the run's windows (HeadMeans)
    GateReads reads = GateReads::kKeys;
};

// What is to be known beside a number of models that rotate, or norm queries and keys; empty: nothing.
struct GateCautions {
    std::string rope = {}, qk_norm = {};
};

struct GateInfo {
    std::string id;                   // "oracle"
    std::string label;                // "Oracle top-k"
    std::string help;                 // one sentence
    std::string granularity;          // what it keeps or drops as one: "token", "block", "head"
    std::string source;               // paper or "ours"
    std::string budget = "all keys";  // a query's, in words
    std::string training = {};        // its training signal in words: "KL or BCE to the pattern"; empty: never trained
    std::vector<ParamSpec> params;    // its own, `sinks` and `local` included where it takes them
    GateTraits traits;
    GateCautions cautions = {};
};

struct StoredKeys;

// One `id:...@...` of a gate's syntax.
struct GateTerm {
    std::string id;
    ParamValues values;                                // complete
    IndexSet layers, heads;                            // what it applies to
    std::shared_ptr<const StoredKeys> keys = nullptr;  // what the file of `keys` holds, once with_stored_keys() read it
};

// A composed gate: later terms take the heads they name; heads that no term names stay dense.
struct GateSpec {
    std::vector<GateTerm> terms;
    // The term that (layer, head) is under, or nullptr for dense.
    const GateTerm* term_for(std::int64_t layer, std::int64_t head) const;
    bool dense() const;  // no term but `dense`
};

// All gates, in the order of the list (gates.cpp).
const std::vector<GateInfo>& gate_infos();
// Throws Failure(kUsage) with the nearest known id.
const GateInfo& gate_info(const std::string& id);

// Budget, granularity, causal or not, training signal and source, in one line.
std::string describe(const GateInfo& info);

// What holds of a gate's numbers on this model, one sentence or more each.
std::vector<std::string> cautions_of(const GateSpec& gate, const ModelConfig& model);

// Parses and checks a gate's syntax. Throws Failure(kUsage) saying what was wrong and what is allowed.
GateSpec parse_gate(const std::string& text);
// The same of a gate whose budget a sweep will set: "oracle" will do for "oracle:k=64".
GateSpec parse_swept_gate(const std::string& text);
// Canonical syntax: parse_gate(print_gate(g)) gives g; values at their default are left out, but required ones.
std::string print_gate(const GateSpec& gate);
// Layers and heads against a model's. Throws Failure(kUsage).
void check_gate(const GateSpec& gate, std::int64_t n_layers, std::int64_t n_heads);
// The files that a gate names.
std::vector<std::string> files_of(const GateSpec& gate);
// The gate with whole paths in place of those that are of the present folder.
GateSpec with_whole_paths(GateSpec gate);
// Reads them whole and checks them against the model. Throws Failure naming file and tensor.
void check_gate_files(const GateSpec& gate, const ModelConfig& model, const std::string& model_sha256);
// The gate with what sweeps vary of it set to `budget`: k keys, or a rank; unchanged where no term has anything.
GateSpec with_budget(const GateSpec& gate, std::int64_t budget);
// What sweeps vary of it; kNothing: no term has anything. Throws Failure(kUsage) where terms differ in it.
Swept swept_of(const GateSpec& gate);

// The number of keys a term lets a query use in windows of `window` tokens: its k; `window` itself where it keeps all.
std::int64_t budget_of(const GateTerm& term, std::int64_t window);
// What with_budget() has set: those keys, or the rank.
std::int64_t swept_budget(const GateTerm& term, std::int64_t window);

}  // namespace gatescope
