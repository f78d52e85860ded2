#pragma once
// What the user has typed into the forms of the gate lab, as text until it is asked for: a field that is wrong keeps
// what stands in it. lab_requests.h makes requests of them. Plain data.

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "model/gates/swept.h"

namespace gatescope {

// Fields that are numbers are empty where the engine's default stands in their place (DistillRequest).
struct DistillDraft {
    std::string gate = "learned";
    std::string signal = "kl";  // or "bce", or "mask": end to end through the mask, which a hard gate can't have
    std::string k = "64", steps = "1000", gate_dim = "32", keys_per_block = "16", index_heads = "4";
    std::string learning_rate, layers, text, held_out, out;
    std::string start = "random";  // or "kernel"
    std::string sinks = "1", local = "16", seed = "0", held_out_windows = "4", capture;
    bool rope = false, more = false;
    bool operator==(const DistillDraft&) const = default;
};

struct SweepDraft {
    bool with_a = true, with_b = true;  // the gates that are set, whatever they are when the sweep starts
    std::vector<std::string> gates;     // more of them, as syntax
    std::string next;                   // typed, not yet among them
    std::map<Swept, std::string> budgets = {{Swept::kKeys, "8,16,32,64,128"}, {Swept::kRank, "4,8,16,32,64"}};
    std::string windows = "8", path;
    bool overwrite = false;
    bool operator==(const SweepDraft&) const = default;
};

struct BudgetDraft {
    std::string list, mean, head;
    bool operator==(const BudgetDraft&) const = default;
};

struct SensitivityDraft {
    std::string gate = "oracle:k=64";
    // Those of what is swept of the gate are shown and used.
    std::map<Swept, BudgetDraft> budgets = {{Swept::kKeys, {"8,16,32,64,128", "64", "16"}},
                                            {Swept::kRank, {"4,8,16,32", "16", "8"}}};
    std::string windows = "2";
    bool each_head = false;
    bool operator==(const SensitivityDraft&) const = default;
};

enum class SweepChart { kPerplexity, kF1, kCapturedMass };

struct LabView {
    DistillDraft distill;
    SweepDraft sweep;
    SensitivityDraft sensitivity;
    SweepChart sweep_chart = SweepChart::kPerplexity;
    bool sweep_by_rank = false;             // where a sweep has gates of both kinds
    std::set<std::int64_t> hidden_budgets;  // lines of the sensitivity chart that are switched off
};

}  // namespace gatescope
