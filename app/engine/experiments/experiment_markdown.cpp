#include <algorithm>

#include "app/engine/experiments/experiment_table.h"
#include "app/engine/experiments/experiment_words.h"
#include "app/engine/text_table.h"
#include "app/engine/time_text.h"

namespace gatescope {
namespace {

// A cell of Markdown.
std::string escaped(const std::string& text) {
    std::string out;
    for (const char c : text) {
        if (c == '|' || c == '\\' || c == '`' || c == '<' || c == '*') out += '\\';
        out += c == '\n' ? ' ' : c;
    }
    return out;
}

std::string markdown_row(const std::vector<std::string>& cells) {
    std::string out = "|";
    for (const std::string& cell : cells) out += " " + escaped(cell) + " |";
    return out + "\n";
}

std::string rows_markdown(const std::vector<ExperimentRow>& rows, const Footnotes& footnotes) {
    std::string out =
        markdown_row({"", "ours ± sd", "95 %", "over", "paper", "see"}) + "|---|---:|---:|---:|---:|---|\n";
    for (const ExperimentRow& row : rows) {
        const ExperimentCells ours = cells_of(row);
        out += markdown_row({row.what, ours.ours, ours.interval, ours.count, ours.paper, footnotes.of(row)});
    }
    return out;
}

std::string footnotes_markdown(const Footnotes& footnotes) {
    std::string out;
    for (const Footnotes::Group& group : footnotes.groups())
        for (std::size_t n = 0; n < group.lines.size(); ++n) {
            const std::string mark = group.mark(n);
            out += "- " + group.title + (mark.empty() ? "" : " (" + mark + ")") + ": " + escaped(group.lines[n]) + "\n";
        }
    return out;
}

// Every value that a mean is of, where there are several.
std::string values_markdown(const ExperimentResult& result) {
    const std::vector<std::int64_t>& seeds = result.plan->course.seeds;
    std::string rows;
    for (const ExperimentRow& row : result.summary.rows) {
        if (row.ours.values.size() != seeds.size() || row.ours.over != "seeds") continue;
        std::vector<std::string> cells = {row.what};
        for (const double value : row.ours.values) cells.push_back(number("%.5g", value));
        rows += markdown_row(cells);
    }
    if (rows.empty() || seeds.size() < 2) return {};
    std::vector<std::string> titles = {""};
    std::string rule = "|---|";
    for (const std::int64_t seed : seeds) {
        titles.push_back("seed " + std::to_string(seed));
        rule += "---:|";
    }
    return "\n## By seed\n\n" + markdown_row(titles) + rule + "\n" + rows;
}

std::string steps_markdown(const ExperimentResult& result) {
    std::string out = "\n## Steps\n\n" + markdown_row({"", "", "time", "on"}) + "|---|---|---:|---|\n";
    for (const ExperimentStep& step : result.plan->steps) {
        const auto found = result.outcomes.find(step.name);
        const bool begun = found != result.outcomes.end();
        const std::string taken = begun && !found->second.adopted.empty() ? "taken over from " + found->second.adopted
                                  : begun                                 ? time_text(found->second.seconds)
                                                                          : "";
        out += markdown_row({step.title,
                             !begun               ? "waiting"
                             : found->second.done ? "done"
                                                  : "begun",
                             taken, begun ? found->second.device : ""});
    }
    return out;
}

}  // namespace

std::string experiment_markdown(const ExperimentInfo& info, const ExperimentResult& result) {
    const ExperimentSummary& summary = result.summary;
    const Footnotes footnotes(summary.rows);
    std::string out = "# " + escaped(info.label) + "\n\n" + escaped(info.source) + ". " + escaped(info.question) +
                      "\n\n" + escaped(info.method) + "\n\n";
    if (!summary.rows.empty())
        out += rows_markdown(summary.rows, footnotes) + "\n" + table_legend() + "\n\n" + footnotes_markdown(footnotes) +
               "\n";
    out += "**" + escaped(verdict_text(summary)) + "**\n";
    if (!info.claim.empty()) out += "\nThe paper: " + escaped(info.claim) + "\n";
    if (!summary.rule.empty()) out += "\nThe rule: " + escaped(summary.rule) + "\n";
    if (!summary.notes.empty()) out += "\n## Ours, because the paper does not say\n\n";
    for (const std::string& note : summary.notes) out += "- " + escaped(note) + "\n";
    out += values_markdown(result) + steps_markdown(result);
    out += "\n" + escaped(progress_words(result)) + (result.device.empty() ? "" : ", on " + escaped(result.device)) +
           "; " + escaped(result.created) + "\n";
    if (!result.command.empty()) out += "\n```\n" + result.command + "\n```\n";
    return out;
}

}  // namespace gatescope
