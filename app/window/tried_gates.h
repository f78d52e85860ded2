#pragma once
// What each gate setting that was measured in this session came to, by model, text and window length. Fed by snapshots;
// a setting that is tried again keeps its place. No Dear ImGui.

#include <compare>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "app/engine/snapshot.h"

namespace gatescope {

struct TriedGate {
    std::string gate;  // canonical syntax
    std::string kind;  // "Oracle top-k", "composed"
    double sparsity = std::numeric_limits<double>::quiet_NaN();
    PerplexityEstimate estimate;
    PairedDifference from_dense;
};

class TriedGates {
  public:
    void observe(const Snapshot& snapshot);

    // Of the model, text and window length seen last, in order of the first trial.
    const std::vector<TriedGate>& gates() const { return now_ == nullptr ? none_ : now_->gates; }
    const PerplexityEstimate& dense() const { return now_ == nullptr ? no_estimate_ : now_->dense; }
    // Kinds in order of their first trial.
    std::vector<std::string> kinds() const;
    // Grows with every change.
    std::uint64_t version() const { return version_; }

  private:
    struct Key {
        std::string model, model_sha256, text, dtype;
        std::int64_t window_length = 0;
        auto operator<=>(const Key&) const = default;
    };
    struct History {
        PerplexityEstimate dense;
        std::vector<TriedGate> gates;
    };
    static void take(History& history, const GateResult& result, std::int64_t wanted);

    std::map<Key, History> histories_;
    const History* now_ = nullptr;
    std::shared_ptr<const RunResult> seen_;
    std::vector<TriedGate> none_;
    PerplexityEstimate no_estimate_;
    std::uint64_t version_ = 0;
};

}  // namespace gatescope
