#pragma once
// What the table of an experiment says on the terminal and in Markdown alike. Of those two alone. No torch.

#include <string>
#include <vector>

#include "analysis/experiments/experiment_result.h"

namespace gatescope {

// Lines that rows share, each once: settings of ours, of the paper, remarks on its number, what may be compared.
// Numbered through the groups; a group that is the same for every row needs no number.
class Footnotes {
  public:
    struct Group {
        std::string title;
        std::vector<std::string> lines;
        std::size_t first = 0;  // number of the first; 0: needs none
        std::string mark(std::size_t n) const { return first == 0 ? "" : std::to_string(first + n); }
    };

    explicit Footnotes(const std::vector<ExperimentRow>& rows);
    const std::vector<Group>& groups() const { return groups_; }
    // "1, 4"
    std::string of(const ExperimentRow& row) const;

  private:
    std::vector<Group> groups_;
};

// "3 of 9 steps, 4 min 10 s of work"
std::string progress_words(const ExperimentResult& result);
// The sentence; where there is none yet, that.
std::string verdict_text(const ExperimentSummary& summary);
std::string table_legend();

}  // namespace gatescope
