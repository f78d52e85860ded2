#pragma once
// What an experiment is made of: pieces of work, each in a folder of its own, done one after the other. A later one
// names what an earlier one leaves by its path, which is known before anything runs. No torch.

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "analysis/lab_results.h"
#include "analysis/results.h"
#include "analysis/training/recipe.h"

namespace gatescope {

// In all kinds of work the recipe says which model and which data: windows that train, windows held out. But for
// TrainWork nothing else of it counts.

// A training run: its folder is a run's. The recipe has one seed and at most one arm.
struct TrainWork {
    Recipe recipe;
};
// A gate distilled on the frozen model: leaves gate.safetensors. Text, held-out windows and out are the engine's.
struct DistillWork {
    Recipe recipe;
    DistillRequest request;
};
// Perplexity of the held-out windows, dense and under each gate, with agreement; concentration of the dense pass.
struct MeasureWork {
    Recipe recipe;
    std::vector<std::string> gates;  // syntax; "dense" needs no mention
    bool concentration = false;
};
// What gradient reaches a gate through its set, and through the soft sister's bias.
struct GradientWork {
    Recipe recipe;
    DistillRequest request;
};
using Work = std::variant<TrainWork, DistillWork, MeasureWork, GradientWork>;

struct ExperimentStep {
    std::string name;  // folder below the experiment's: "soft-learned-seed-1", "soft-learned-seed-1-measured"
    std::string arm;   // "soft-learned"; what is shared by all arms: "base"
    std::int64_t seed = 0;
    std::string title;  // for people: "Train soft-learned, seed 1"
    Work work;
};

// Of dense attention or of a gate, on the held-out windows.
struct GateOutcome {
    std::string gate;  // syntax as in the work; "dense"
    double sparsity = 0;
    PerplexityEstimate estimate;
    std::vector<double> window_nll;           // mean by window
    std::vector<std::int64_t> window_tokens;  // scored, by window
    // Means over the heads that have the gate; NaN where there is no set.
    double f1 = std::numeric_limits<double>::quiet_NaN();
    double captured_mass = std::numeric_limits<double>::quiet_NaN();
};

// What a step came to: all that tables and figures are made from. Kept as outcome.json in the step's folder.
struct StepOutcome {
    std::string step;                // its name
    bool done = false;               // else it is under way: there are curves alone
    double seconds = 0;              // of work
    std::string device;              // "cpu"
    std::string adopted;             // of a run that was taken over from another experiment: which; empty: done here
    std::vector<GateOutcome> gates;  // of a measuring: dense first, then as asked for
    std::map<std::string, std::vector<double>>
        by_layer;  // of the dense pass, means over heads: "mass_at_16", every k of powers of two
    std::vector<std::shared_ptr<const TrainCurve>> curves;  // of a run: one; of a distillation: learned, then random
    double dense_perplexity = std::numeric_limits<double>::quiet_NaN();  // of a distillation, on its held-out windows
    double oracle_perplexity = std::numeric_limits<double>::quiet_NaN();
    std::vector<GateGradient> gradients;  // through the set, then through the bias
};
// By the step's name.
using Outcomes = std::map<std::string, StepOutcome>;

}  // namespace gatescope
