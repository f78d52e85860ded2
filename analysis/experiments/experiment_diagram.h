#pragma once
// What of each arm trains and what is frozen, read off the plan: a small diagram. No torch.

#include <string>
#include <vector>

#include "analysis/experiments/experiment_plan.h"

namespace gatescope {

enum class PartState { kAbsent, kFrozen, kTrains, kPartly };  // kPartly: in some layers, which the text names

struct DiagramPart {
    std::string label;  // "Embeddings", "Q K V", "MLP, output, norms", "Gate"
    PartState state = PartState::kFrozen;
    std::string text;  // "layers 0-9", "random", ""
};
struct DiagramRow {
    std::string arm;                 // "soft-learned"
    std::string stage;               // "train 1600 steps", "distil 300 steps", "measure"
    std::vector<DiagramPart> parts;  // the same labels in every row
    int seeds = 1;                   // how often it is done
};
// A row for each stage of each arm, in the plan's order, seeds counted.
std::vector<DiagramRow> diagram_of(const ExperimentPlan& plan);

}  // namespace gatescope
