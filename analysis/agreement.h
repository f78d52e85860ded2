#pragma once
// Agreement of a gate with the oracle at equal k, and the attention that its sets capture. DEFINITIONS.md section 4.
// Shapes: H head, Q query, K key.

#include <map>
#include <string>
#include <vector>

#include "analysis/recorder.h"
#include "analysis/results.h"

namespace gatescope {

// Of one head over the queries of a block; pairs are counted over queries with n_i > k, the mass over all.
struct OverlapSums {
    double both = 0, kept = 0, wanted = 0, captured = 0;
    void add(const OverlapSums& other);
};

// The block's sets of a head against the oracle's of k keys. On the CPU a kernel goes through each row once.
OverlapSums overlap_of(const PatternBlock& block, std::int64_t head, std::int64_t k);
// The same by ATen operations, for other devices; a test holds both equal.
OverlapSums overlap_of_aten(const PatternBlock& block, std::int64_t head, std::int64_t k);

// Of the model's layers.
std::vector<KeyReach> reaches_of(const ModelConfig& model);

// Looks at the layers where the gate keeps sets; what the other heads keep follows from the lengths alone.
class AgreementRecorder final : public Recorder {
  public:
    // `window_length`: T of the run, for gates whose k follows from it. `reaches`: of the model's layers; none: causal,
    // without sliding windows.
    AgreementRecorder(AnalysedHeads analysed, GateSpec gate, std::int64_t window_length,
                      std::vector<KeyReach> reaches = {});

    void begin_window(std::int64_t window, std::span<const std::int32_t> ids) override;
    bool wants_blocks(std::int64_t layer) const override;
    void on_block(const PatternBlock& block) override;
    bool looks_at(std::int64_t layer) const override { return wants_blocks(layer); }
    std::shared_ptr<const LayerFindings> findings(std::int64_t layer) const override;
    void take(std::int64_t layer, const LayerFindings& found) override;
    void commit() override;

    // precision, recall, f1, captured_mass; NaN where no query has more than k keys, f1 0 where nothing overlaps.
    std::map<std::string, HeadGrid> grids() const;

  private:
    std::int64_t budget(std::int64_t layer, std::int64_t head) const;
    bool keeps_set(std::int64_t layer, std::int64_t head) const;
    KeyReach reach_of(std::int64_t layer) const;
    std::size_t row_begin(std::int64_t layer) const {
        return static_cast<std::size_t>(analysed_.row_of(layer)) * analysed_.heads.size();
    }

    AnalysedHeads analysed_;
    GateSpec gate_;
    std::int64_t window_length_;
    std::vector<KeyReach> reaches_;
    std::vector<OverlapSums> total_, window_;  // [layer, head]
    std::int64_t queries_ = 0, window_queries_ = 0;
};

// Deployed sparsity: 1 - |S_i| / n_i at the last query, mean over gated (layer, head) and windows; 0 for gates that
// keep everything. Looks at every gated layer and head, analysed or not.
class SparsityRecorder final : public Recorder {
  public:
    explicit SparsityRecorder(GateSpec gate) : gate_(std::move(gate)) {}

    void begin_window(std::int64_t window, std::span<const std::int32_t> ids) override;
    bool wants_blocks(std::int64_t layer) const override;
    bool last_block_only() const override { return true; }
    void on_block(const PatternBlock& block) override;
    bool looks_at(std::int64_t layer) const override { return wants_blocks(layer); }
    std::shared_ptr<const LayerFindings> findings(std::int64_t layer) const override;
    void take(std::int64_t layer, const LayerFindings& found) override;
    void commit() override;

    double sparsity() const;  // NaN before the first window

  private:
    // Kept shares of a layer's gated heads added up, and how many they are.
    struct Shares {
        double sum = 0;
        std::int64_t heads = 0;
    };
    struct Findings;

    GateSpec gate_;
    std::int64_t tokens_ = 0, windows_ = 0;
    std::map<std::int64_t, Shares> window_;  // by layer
    Shares total_;
};

}  // namespace gatescope
