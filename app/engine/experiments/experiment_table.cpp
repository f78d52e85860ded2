#include "app/engine/experiments/experiment_table.h"

#include <algorithm>
#include <sstream>

#include "app/engine/experiments/experiment_words.h"
#include "app/engine/text_table.h"

namespace gatescope {
namespace {

// Most columns of what a row is, and of the paper's number: further words go on in the next line.
struct CellWidths {
    std::size_t what, paper;
};

std::string rows_table(const std::vector<ExperimentRow>& rows, const Footnotes& footnotes, const CellWidths& widths) {
    std::vector<std::vector<std::string>> cells;
    const auto part = [](const std::vector<std::string>& lines, std::size_t n) {
        return n < lines.size() ? lines[n] : std::string();
    };
    for (const ExperimentRow& row : rows) {
        const ExperimentCells ours = cells_of(row);
        const std::vector<std::string> what = wrapped(row.what, widths.what);
        const std::vector<std::string> paper = wrapped(ours.paper, widths.paper);
        for (std::size_t n = 0; n < std::max(what.size(), paper.size()); ++n) {
            const bool first = n == 0;
            cells.push_back({(first ? "" : "  ") + part(what, n), first ? ours.ours : "", first ? ours.interval : "",
                             first ? ours.count : "", part(paper, n), first ? footnotes.of(row) : ""});
        }
    }
    return table({{"", Align::kLeft}, {"ours ± sd"}, {"95 %"}, {"over"}, {"paper"}, {"see", Align::kLeft}}, cells);
}

std::size_t widest_line(const std::string& text) {
    std::size_t widest = 0;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) widest = std::max(widest, text_width(line));
    return widest;
}

// As few cells as may be go on in a next line.
std::string fitting_table(const std::vector<ExperimentRow>& rows, const Footnotes& footnotes, std::size_t width) {
    constexpr std::size_t kMost = 52, kLeast = 18, kLessBy = 2, kLeastPaper = 12;
    std::string out;
    for (std::size_t what = kMost; what >= kLeast; what -= kLessBy) {
        out = rows_table(rows, footnotes, {what, std::max(kLeastPaper, what / 2)});
        if (widest_line(out) <= width) break;
    }
    return out;
}

// What stands at the left of lines below the table.
std::string label(const std::string& title) {
    constexpr std::size_t kWidth = 13;
    return title + std::string(kWidth - title.size(), ' ');
}

std::string footnote_lines(const Footnotes& footnotes, std::size_t width) {
    std::string out;
    for (const Footnotes::Group& group : footnotes.groups()) {
        if (group.lines.empty()) continue;
        const std::string title = label(group.title);
        for (std::size_t n = 0; n < group.lines.size(); ++n) {
            const std::string mark = group.mark(n);
            const std::string begin = n == 0 ? title : std::string(title.size(), ' ');
            out += hanging(
                begin + (mark.empty() ? "" : std::string(2 - std::min<std::size_t>(2, mark.size()), ' ') + mark + "  "),
                group.lines[n], width);
        }
    }
    return out;
}

}  // namespace

std::string experiment_text(const ExperimentInfo& info, const ExperimentResult& result, std::size_t width) {
    const ExperimentSummary& summary = result.summary;
    const Footnotes footnotes(summary.rows);
    std::string out = hanging("", info.label + " (" + info.source + "): " + progress_words(result), width);
    out += hanging("", info.question, width) + "\n";
    if (!summary.rows.empty()) {
        out += fitting_table(summary.rows, footnotes, width) + "\n";
        out += hanging("", table_legend(), width) + footnote_lines(footnotes, width) + "\n";
    }
    out += hanging(label("Result"), verdict_text(summary), width);
    if (!info.claim.empty()) out += hanging(label("The paper"), info.claim, width);
    if (!summary.rule.empty()) out += hanging(label("By the rule"), summary.rule, width);
    if (!summary.notes.empty()) out += "\nOurs, because the paper does not say\n";
    for (const std::string& note : summary.notes) out += hanging("  - ", note, width);
    return out;
}

}  // namespace gatescope
