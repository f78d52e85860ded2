#include "captures/experiment/chart_group.h"

#include <set>

#include "captures/experiment/columns.h"
#include "captures/group_name.h"
#include "model/core/error.h"

namespace gatescope {
namespace {

constexpr std::int64_t kMostPoints = 1000000, kMostLevels = 1000;
const std::string kPoint = "point";

// Calls visit(name, field) for every plain field: one list for both directions.
template <typename Chart, typename Visit>
void each_text(Chart& chart, Visit visit) {
    visit("id", chart.id);
    visit("title", chart.title);
    visit("x_label", chart.x_label);
    visit("y_label", chart.y_label);
}

template <typename Chart, typename Visit>
void each_flag(Chart& chart, Visit visit) {
    visit("bars", chart.bars);
    visit("log_x", chart.log_x);
    visit("log_y", chart.log_y);
    visit("shade_gap", chart.shade_gap);
}

void write_points(h5::Writer& out, const std::string& group, const std::string& name,
                  const std::vector<double>& values) {
    if (!values.empty()) out.doubles(group, name, values, {kPoint});
}

void write_series(h5::Writer& out, const std::string& group, const ExperimentSeries& series, const StoredPaths& paths) {
    out.group(group);
    out.attribute(group, "label", paths.text(series.label));
    out.attribute(group, "role", series.role);
    if (series.y.empty()) return;  // nothing has come yet
    out.count_scale(group, kPoint, static_cast<std::int64_t>(series.y.size()));
    write_points(out, group, "x", series.x);
    write_points(out, group, "y", series.y);
    write_points(out, group, "low", series.low);
    write_points(out, group, "high", series.high);
}

ExperimentSeries read_series(const h5::Reader& in, const std::string& group) {
    ExperimentSeries out;
    out.label = in.text(group, "label");
    out.role = in.text(group, "role");
    if (!in.has(group + "/y")) return out;
    const h5::Shape shape = in.shape(group + "/y");
    if (shape.size() != 1 || shape[0] > kMostPoints)
        throw Failure(FailureKind::kBadFile, "is no list of at most " + std::to_string(kMostPoints),
                      in.where(group + "/y"));
    out.y = in.doubles(group + "/y", shape);
    out.x = in.doubles(group + "/x", shape);
    if (!in.has(group + "/low")) return out;
    out.low = in.doubles(group + "/low", shape);
    out.high = in.doubles(group + "/high", shape);
    return out;
}

void write_levels(h5::Writer& out, const std::string& group, const std::vector<ExperimentLevel>& levels,
                  const StoredPaths& paths) {
    if (levels.empty()) return;
    using Level = ExperimentLevel;
    out.group(group);
    ColumnWriter<Level> table(out, group, "level", levels);
    table.texts("label", [&](const Level& level) { return paths.text(level.label); });
    table.texts("role", [](const Level& level) { return level.role; });
    table.reals("value", [](const Level& level) { return level.value; });
}

std::vector<ExperimentLevel> read_levels(const h5::Reader& in, const std::string& group) {
    using Level = ExperimentLevel;
    ColumnReader<Level> table(in, group, "level", kMostLevels);
    table.texts("label", [](Level& level, std::string value) { level.label = std::move(value); });
    table.texts("role", [](Level& level, std::string value) { level.role = std::move(value); });
    table.reals("value", [](Level& level, double value) { level.value = value; });
    return table.rows;
}

void write_chart(h5::Writer& out, const std::string& group, const ExperimentChart& chart, const StoredPaths& paths) {
    out.group(group);
    each_text(chart,
              [&](const char* name, const std::string& value) { out.attribute(group, name, paths.text(value)); });
    each_flag(chart, [&](const char* name, bool value) { out.attribute(group, name, std::int64_t{value ? 1 : 0}); });
    ColumnWriter<std::string> categories(out, group, "category", chart.categories);
    categories.texts("categories", [&](const std::string& category) { return paths.text(category); });
    out.group(group + "/series");
    std::set<std::string> taken;
    for (const ExperimentSeries& series : chart.series)
        write_series(out, group + "/series/" + group_name(series.label, taken), series, paths);
    write_levels(out, group + "/levels", chart.levels, paths);
}

ExperimentChart read_chart(const h5::Reader& in, const std::string& group) {
    ExperimentChart out;
    each_text(out, [&](const char* name, std::string& value) { value = in.text(group, name); });
    each_flag(out, [&](const char* name, bool& value) { value = in.integer(group, name) == 1; });
    ColumnReader<std::string> categories(in, group, "category", kMostLevels);
    categories.texts("categories", [](std::string& category, std::string value) { category = std::move(value); });
    out.categories = std::move(categories.rows);
    for (const std::string& name : in.members(group + "/series"))
        if (const std::string own = group + "/series/" + name; !in.has_dataset(own))
            out.series.push_back(read_series(in, own));
    out.levels = read_levels(in, group + "/levels");
    return out;
}

}  // namespace

void write_charts(h5::Writer& out, const std::string& group, const std::vector<ExperimentChart>& charts,
                  const StoredPaths& paths) {
    if (charts.empty()) return;
    out.group(group);
    std::set<std::string> taken;
    for (const ExperimentChart& chart : charts)
        write_chart(out, group + "/" + group_name(chart.id, taken), chart, paths);
}

std::vector<ExperimentChart> read_charts(const h5::Reader& in, const std::string& group) {
    std::vector<ExperimentChart> out;
    if (!in.has(group)) return out;
    for (const std::string& name : in.members(group))
        if (const std::string own = group + "/" + name; !in.has_dataset(own)) out.push_back(read_chart(in, own));
    return out;
}

}  // namespace gatescope
