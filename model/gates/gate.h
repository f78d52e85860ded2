#pragma once
// A gate at work. `prepare` sees a layer once a window, `apply` answers block by block, so memory stays at T x block.
// Sinks, local keys, "n_i <= k keeps everything", "an empty set keeps the own key" and layer/head subsets are applied
// around it, once, by GateRun. DEFINITIONS.md section 4. Shapes as in hooks.h.

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <variant>
#include <vector>

#include "model/gates/gate_file.h"
#include "model/gates/gate_info.h"
#include "model/hooks.h"
#include "model/key_band.h"

namespace gatescope {

// What determines a gate's choice beside the tensors.
struct GateContext {
    std::int64_t window = 0;            // number of the window in the text
    std::int64_t nominal_window = 0;    // T of the run (a last window may be shorter)
    std::int64_t step = 0;              // training step; 0 in evaluation
    std::span<const std::int32_t> ids;  // of the window
    // The model and the gate's arrays may have changed since the last window, and what is answered is differentiated.
    bool trains = false;
    std::int64_t place = -1;  // of the window in the batch that begin_batch() saw; -1: it saw none
};

// The scores of a block of queries.
struct QueryBlock {
    std::int64_t query_begin = 0, query_end = 0;
    at::Tensor scores_HQK;        // float32, scaled; -inf where the model allows no key; keys [0, K), K = query_end
    std::int64_t head_begin = 0;  // number of the first head here: 0 but for a look at one head alone
};

// One of these, for all heads of the layer; GateRun takes the heads that the term names.
struct KeepAll {};
struct KeyRanking {
    at::Tensor priority_HQK;
};  // float32: the k best are kept (ties: lower j), forced keys first
struct KeyMask {
    at::Tensor keep_HQK;
    bool as_it_is = false;  // also where n_i <= k, which else keeps everything
};                          // bool [H or 1, Q, K]: this set; forced keys are added
struct ScoreBias {
    at::Tensor bias_HQK;
};  // added to the scores (soft gates)
struct NewScores {
    at::Tensor scores_HQK;
};  // in place of the scores (interventions)
struct HeadOutput {
    at::Tensor z_HQE;
};  // in place of pattern times values (linear, ablations)
using GateEffect = std::variant<KeepAll, KeyRanking, KeyMask, ScoreBias, NewScores, HeadOutput>;

struct HeadMeans;
struct KeyRules;
class PairTally;

class Gate {
  public:
    virtual ~Gate() = default;
    // In training, before the windows of a batch are prepared one by one: what can be had of all of them at once.
    // `layer` is that of the first; x_BTD is differentiable.
    virtual void begin_batch(const LayerInput& layer, const at::Tensor& x_BTD) { (void)layer, (void)x_BTD; }
    virtual void prepare(const LayerInput& layer, const GateContext& context) { (void)layer, (void)context; }
    virtual GateEffect apply(const QueryBlock& block) const = 0;
    // Does apply() look at what the scores are? Where it does not, training gives it a block with none but their shape.
    virtual bool reads_scores() const { return true; }
    // For gates that need them, before the first window.
    virtual void use_means(std::shared_ptr<const HeadMeans> means) { (void)means; }
    // The set where it is a band of keys whatever the scores: attention then does not touch the keys that it drops.
    virtual std::optional<KeyBand> band() const { return std::nullopt; }
};

// A registry entry: what the gate says of itself, how it is made, and its checks across parameters.
struct GateEntry {
    GateInfo info;
    std::unique_ptr<Gate> (*make)(const GateTerm& term);
    std::int64_t (*budget)(const ParamValues& values, std::int64_t window);  // keys a query may use
    void (*set_budget)(ParamValues& values, std::int64_t swept);             // what sweeps vary; nullptr: nothing
    // Everything about the term's file that can be known before a window runs; nullptr without a file. Throws Failure.
    void (*check_file)(const GateTerm& term, const GateModel& model) = nullptr;
    // What set_budget() set, where that is no number of keys.
    std::int64_t (*swept_budget)(const ParamValues& values) = nullptr;
};
// The gates that there are, and those of the list in gates.cpp: the same, but in a test that adds one.
const std::vector<GateEntry>& gate_entries();
std::vector<GateEntry> our_gates();
// Throws Failure(kUsage) with the nearest known id.
const GateEntry& gate_entry(const std::string& id);

// What attention does with a block once the gate has spoken.
struct GatedBlock {
    at::Tensor keep_HQK;    // bool, always within what the model allows; undefined: all keys
    at::Tensor scores_HQK;  // the scores to use (changed by a bias or an intervention)
    at::Tensor z_HQE;       // an output in place of attention's, for heads where `own_output`; undefined: none
    std::vector<bool> own_output;
};

// The same in training, differentiable but for the sets: every part by itself.
struct TrainedBlock {
    at::Tensor keep_HQK;           // bool, within what the model allows; undefined: all keys
    at::Tensor bias_HQK;           // to add to the scores, [H or 1, Q, K]; undefined: none
    at::Tensor scores_HQK;         // in place of the model's, for heads where `own_scores`; undefined: none
    at::Tensor z_HQE;              // in place of attention's output, for heads where `own_output`; undefined: none
    std::vector<bool> own_scores;  // empty where nothing is replaced
    std::vector<bool> own_output;
};

// A GateSpec bound to one run: the terms' gates, applied to the heads they name.
class GateRun {
  public:
    explicit GateRun(GateSpec spec);
    // With a gate for every term, in place of those that the registry would make.
    GateRun(GateSpec spec, const std::vector<std::shared_ptr<Gate>>& gates);
    const GateSpec& spec() const { return spec_; }
    bool touches(std::int64_t layer) const;  // false: the layer stays dense and scores need not be shown
    void begin_batch(const LayerInput& layer, const at::Tensor& x_BTD);
    void prepare(const LayerInput& layer, const GateContext& context);
    GatedBlock apply(const QueryBlock& block) const;
    // After prepare() with a context that trains: hard gates ran without a graph, the others with one.
    TrainedBlock apply_trained(const QueryBlock& block) const;
    // Of the prepared layer's gates.
    bool reads_scores() const;
    // The prepared layer's n_heads bands, dense heads among them; empty where a head's set is none.
    std::vector<KeyBand> bands(std::int64_t n_heads) const;
    bool needs_means() const;
    void use_means(const std::shared_ptr<const HeadMeans>& means);
    // Counts pairs kept into `tally` from here on (borrowed); nullptr: no longer.
    void count_into(PairTally* tally) { tally_ = tally; }

  private:
    // A term at work.
    struct Part {
        GateTerm term;
        std::shared_ptr<Gate> gate;
    };
    struct Assembly;
    std::vector<std::int64_t> heads_of(const Part& part, const QueryBlock& block) const;
    KeyRules rules_of(const Part& part, std::int64_t query_begin) const;
    void count_bands(std::int64_t n_heads, std::int64_t n_queries);

    GateSpec spec_;
    std::vector<Part> parts_;
    std::int64_t layer_ = -1, nominal_window_ = 0;
    KeyReach reach_;
    PairTally* tally_ = nullptr;
};

}  // namespace gatescope
