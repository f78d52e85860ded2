#pragma once
// The table of an experiment, ours beside the paper's, as text: what `experiment` prints and what table.md holds. No
// torch.

#include <string>

#include "analysis/experiments/experiments.h"

namespace gatescope {

// A row's numbers for people: as many decimals as the deviation, or the interval, bears out.
struct ExperimentCells {
    std::string ours;      // "48.73 ± 0.60", "12.5 %", "0 exactly" where it is that; "–": not there yet
    std::string interval;  // "[47.24, 50.22]"; empty: none
    std::string count;     // "3 seeds", "16 windows"
    std::string paper;     // "49.83 ± 0.04", without what stands in brackets behind it
};
ExperimentCells cells_of(const ExperimentRow& row);

// "supports", "contradicts", "undecided", "open".
std::string verdict_word(Verdict verdict);

// Lines for a terminal of `width` columns: table, what is said once for several rows in numbered lines below it,
// verdict with its rule, notes. Nothing is cut: what is longer goes on in the next line.
std::string experiment_text(const ExperimentInfo& info, const ExperimentResult& result, std::size_t width = 110);
// The same as a document of its own, with the values by seed, the command and what the steps took.
std::string experiment_markdown(const ExperimentInfo& info, const ExperimentResult& result);

}  // namespace gatescope
