#include "captures/experiment/summary_group.h"

#include <array>

#include "captures/experiment/chart_group.h"
#include "captures/experiment/columns.h"
#include "model/core/error.h"

namespace gatescope {
namespace {

constexpr std::int64_t kMostRows = 10000;
constexpr std::array kVerdicts = {"open", "supports", "contradicts", "undecided"};  // in the order of Verdict

void write_table(h5::Writer& out, const std::string& group, const std::vector<ExperimentRow>& rows,
                 const StoredPaths& paths) {
    if (rows.empty()) return;
    using Row = ExperimentRow;
    out.group(group);
    ColumnWriter<Row> table(out, group, "row", rows);
    table.texts("what", [&](const Row& row) { return paths.text(row.what); });
    table.texts("unit", [](const Row& row) { return row.unit; });
    table.reals("mean", [](const Row& row) { return row.ours.mean; });
    table.reals("deviation", [](const Row& row) { return row.ours.deviation; });
    table.reals("low", [](const Row& row) { return row.ours.low; });
    table.reals("high", [](const Row& row) { return row.ours.high; });
    table.counts("count", [](const Row& row) { return row.ours.count; });
    table.texts("over", [](const Row& row) { return row.ours.over; });
    table.lists("values", "value", [](const Row& row) -> const std::vector<double>& { return row.ours.values; });
    table.texts("setting", [&](const Row& row) { return paths.text(row.setting); });
    table.texts("paper", [](const Row& row) { return row.paper; });
    table.texts("paper_setting", [](const Row& row) { return row.paper_setting; });
    table.texts("comparable", [](const Row& row) { return row.comparable; });
}

std::vector<ExperimentRow> read_table(const h5::Reader& in, const std::string& group) {
    if (!in.has(group)) return {};
    using Row = ExperimentRow;
    ColumnReader<Row> table(in, group, "row", kMostRows);
    table.texts("what", [](Row& row, std::string value) { row.what = std::move(value); });
    table.texts("unit", [](Row& row, std::string value) { row.unit = std::move(value); });
    table.reals("mean", [](Row& row, double value) { row.ours.mean = value; });
    table.reals("deviation", [](Row& row, double value) { row.ours.deviation = value; });
    table.reals("low", [](Row& row, double value) { row.ours.low = value; });
    table.reals("high", [](Row& row, double value) { row.ours.high = value; });
    table.counts("count", [](Row& row, std::int64_t value) { row.ours.count = value; });
    table.texts("over", [](Row& row, std::string value) { row.ours.over = std::move(value); });
    table.lists("values", [](Row& row, std::vector<double> values) { row.ours.values = std::move(values); });
    table.texts("setting", [](Row& row, std::string value) { row.setting = std::move(value); });
    table.texts("paper", [](Row& row, std::string value) { row.paper = std::move(value); });
    table.texts("paper_setting", [](Row& row, std::string value) { row.paper_setting = std::move(value); });
    table.texts("comparable", [](Row& row, std::string value) { row.comparable = std::move(value); });
    return table.rows;
}

Verdict read_verdict(const h5::Reader& in, const std::string& group) {
    const std::string word = in.text(group, "verdict");
    const auto found = std::find(kVerdicts.begin(), kVerdicts.end(), word);
    if (found == kVerdicts.end())
        throw Failure(FailureKind::kBadFile, "is no verdict: " + one_line(word, 40), in.where(group + "@verdict"));
    return static_cast<Verdict>(found - kVerdicts.begin());
}

}  // namespace

void write_summary(h5::Writer& out, const std::string& group, const ExperimentSummary& summary,
                   const StoredPaths& paths) {
    out.attribute(group, "verdict", std::string(kVerdicts[static_cast<std::size_t>(summary.verdict)]));
    out.attribute(group, "sentence", paths.text(summary.sentence));
    out.attribute(group, "rule", paths.text(summary.rule));
    ColumnWriter<std::string> notes(out, group, "note", summary.notes);
    notes.texts("notes", [&](const std::string& note) { return paths.text(note); });
    write_table(out, group + "/table", summary.rows, paths);
    write_charts(out, group + "/charts", summary.charts, paths);
}

ExperimentSummary read_summary(const h5::Reader& in, const std::string& group) {
    ExperimentSummary out;
    out.verdict = read_verdict(in, group);
    out.sentence = in.text(group, "sentence");
    out.rule = in.text(group, "rule");
    ColumnReader<std::string> notes(in, group, "note", kMostRows);
    notes.texts("notes", [](std::string& note, std::string value) { note = std::move(value); });
    out.notes = std::move(notes.rows);
    out.rows = read_table(in, group + "/table");
    out.charts = read_charts(in, group + "/charts");
    return out;
}

}  // namespace gatescope
