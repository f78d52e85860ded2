#include "app/engine/experiments/experiment_words.h"

#include <algorithm>
#include <cmath>

#include "app/engine/experiments/experiment_table.h"
#include "app/engine/text_table.h"
#include "app/engine/time_text.h"

namespace gatescope {
namespace {

constexpr int kMostDecimals = 4;
constexpr double kTooSmallForDecimals = 1e-3;

int decimals_for(double size) {
    if (!std::isfinite(size) || size <= 0) return 2;
    return std::clamp(1 - static_cast<int>(std::floor(std::log10(size))), 0, kMostDecimals);
}

// Two digits of the deviation, else of half the interval, else four of the number.
int decimals_of(const Quantity& ours) {
    if (ours.deviation > 0) return decimals_for(ours.deviation);
    if (ours.high > ours.low) return decimals_for((ours.high - ours.low) / 2);
    return decimals_for(std::abs(ours.mean) / 100);
}

std::string rounded(double value, int decimals) {
    const bool tiny = value != 0 && std::abs(value) < kTooSmallForDecimals;
    if (tiny) return number("%.2g", value);
    return number(("%." + std::to_string(decimals) + "f").c_str(), value);
}

std::string unit_behind(const std::string& unit) {
    return unit.empty() || unit == "perplexity" ? "" : " " + unit;
}

std::string ours_text(const ExperimentRow& row) {
    const Quantity& ours = row.ours;
    if (!std::isfinite(ours.mean)) return std::isnan(ours.mean) ? "–" : number("%g", ours.mean);
    const bool nothing = ours.mean == 0 && !(ours.deviation > 0) && !(ours.high > ours.low);
    if (nothing) return "0 exactly";
    const int decimals = decimals_of(ours);
    std::string out = rounded(ours.mean, decimals);
    if (std::isfinite(ours.deviation)) out += " ± " + rounded(ours.deviation, decimals);
    return out + unit_behind(row.unit);
}

// "48.73 ± 0.60 (3 seeds)": where the words in brackets begin; npos: there are none.
std::size_t remark_of(const std::string& paper) {
    return paper.ends_with(")") ? paper.find(" (") : std::string::npos;
}

std::string said(const ExperimentRow& row, std::size_t group) {
    switch (group) {
        case 0:
            return row.setting;
        case 1:
            return row.paper_setting;
        case 2: {
            const std::size_t at = remark_of(row.paper);
            return at == std::string::npos ? "" : row.paper.substr(at + 2, row.paper.size() - at - 3);
        }
        default:
            return row.comparable;
    }
}

bool all_say(const std::vector<ExperimentRow>& rows, std::size_t group) {
    return std::all_of(rows.begin(), rows.end(), [group](const auto& row) { return !said(row, group).empty(); });
}

std::size_t done_steps(const ExperimentResult& result) {
    return static_cast<std::size_t>(std::count_if(result.outcomes.begin(), result.outcomes.end(),
                                                  [](const auto& each) { return each.second.done; }));
}

}  // namespace

Footnotes::Footnotes(const std::vector<ExperimentRow>& rows)
    : groups_{{"Ours", {}}, {"The paper's", {}}, {"Its number", {}}, {"To compare", {}}} {
    std::size_t next = 1;
    for (std::size_t n = 0; n < groups_.size(); ++n) {
        std::vector<std::string>& lines = groups_[n].lines;
        for (const ExperimentRow& row : rows)
            if (!said(row, n).empty() && std::find(lines.begin(), lines.end(), said(row, n)) == lines.end())
                lines.push_back(said(row, n));
        if (lines.empty() || (lines.size() == 1 && all_say(rows, n))) continue;
        groups_[n].first = next;
        next += lines.size();
    }
}

std::string Footnotes::of(const ExperimentRow& row) const {
    std::string out;
    for (std::size_t n = 0; n < groups_.size(); ++n) {
        const Group& group = groups_[n];
        if (group.first == 0 || said(row, n).empty()) continue;
        const auto at = std::find(group.lines.begin(), group.lines.end(), said(row, n)) - group.lines.begin();
        out += (out.empty() ? "" : ", ") + group.mark(static_cast<std::size_t>(at));
    }
    return out;
}

std::string progress_words(const ExperimentResult& result) {
    const std::size_t all = result.plan->steps.size(), done = done_steps(result);
    std::string out =
        (done < all ? std::to_string(done) + " of " : "") + std::to_string(all) + " step" + (all == 1 ? "" : "s");
    if (const std::string spent = time_text(result.seconds); !spent.empty()) out += ", " + spent + " of work";
    return out;
}

std::string verdict_text(const ExperimentSummary& summary) {
    if (!summary.sentence.empty()) return summary.sentence;
    return summary.verdict == Verdict::kOpen ? "Not decided yet: steps are missing." : verdict_word(summary.verdict);
}

std::string table_legend() {
    return "± is the sample standard deviation over seeds, [ ] the 95 % interval: over seeds, or over held-out windows "
           "where "
           "there is one seed.";
}

ExperimentCells cells_of(const ExperimentRow& row) {
    const Quantity& ours = row.ours;
    ExperimentCells out{ours_text(row), {}, {}, row.paper.empty() ? "–" : row.paper.substr(0, remark_of(row.paper))};
    if (std::isnan(ours.mean)) return out;
    const int decimals = decimals_of(ours);
    if (std::isfinite(ours.low) && std::isfinite(ours.high) && ours.high > ours.low)
        out.interval = "[" + rounded(ours.low, decimals) + ", " + rounded(ours.high, decimals) + "]";
    if (ours.count > 0) {
        const bool one = ours.count == 1 && ours.over.ends_with("s");
        out.count = std::to_string(ours.count) + " " + (one ? ours.over.substr(0, ours.over.size() - 1) : ours.over);
    }
    return out;
}

std::string verdict_word(Verdict verdict) {
    constexpr const char* kWords[] = {"open", "supports", "contradicts", "undecided"};
    return kWords[static_cast<std::size_t>(verdict)];
}

}  // namespace gatescope
