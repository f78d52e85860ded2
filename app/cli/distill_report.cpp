#include "app/cli/distill_report.h"

#include <cmath>
#include <cstdio>

#include "app/engine/text_table.h"

namespace gatescope {
namespace {

using nlohmann::ordered_json;

// The series that people read, in the order of the columns.
struct Series {
    const char* id;
    const char* title;
    const char* format;
};
constexpr Series kSeries[] = {{"loss", "loss", "%.4f"},
                              {"f1", "F1", "%.4f"},
                              {"captured_mass", "mass", "%.4f"},
                              {"deployed_f1", "F1 deployed", "%.4f"},
                              {"perplexity", "perplexity", "%.3f"},
                              {"seconds", "seconds", "%.0f"}};
constexpr int kWidth = 12;

std::string cell(const std::string& text) {
    char buffer[64];
    std::snprintf(buffer, sizeof buffer, "%*s", kWidth, text.c_str());
    return buffer;
}

ordered_json plain(double value) {
    return std::isfinite(value) ? ordered_json(value) : ordered_json();
}

double last_of(const TrainCurve& curve, const std::string& series) {
    const auto found = curve.series.find(series);
    return found == curve.series.end() || found->second.empty() ? std::nan("") : found->second.back();
}

ordered_json curve_json(const TrainCurve& curve) {
    ordered_json out = {{"name", curve.name}, {"step", curve.step}};
    for (const auto& [name, values] : curve.series) {
        ordered_json row = ordered_json::array();
        for (const double value : values) row.push_back(plain(value));
        out[name] = row;
    }
    return out;
}

std::string from(double perplexity, double reference) {
    return number("%+.2f %%", 100 * (perplexity / reference - 1));
}

std::vector<std::string> gate_row(const std::string& name, const TrainCurve& curve, const DistillRun& run) {
    const double perplexity = last_of(curve, "perplexity");
    return {name,
            number("%.3f", perplexity),
            from(perplexity, run.oracle_perplexity),
            number("%.4f", last_of(curve, "deployed_f1")),
            number("%.4f", last_of(curve, "f1")),
            number("%.4f", last_of(curve, "captured_mass"))};
}

}  // namespace

std::string report_title() {
    std::string out = cell("step");
    for (const Series& series : kSeries) out += cell(series.title);
    return out;
}

std::string report_line(const DistillRun& run) {
    std::string out = cell(std::to_string(run.learned->step.back()));
    for (const Series& series : kSeries) out += cell(number(series.format, last_of(*run.learned, series.id)));
    return out;
}

std::string distill_table(const DistillRun& run) {
    const std::vector<Column> columns = {{"gate", Align::kLeft}, {"perplexity"},  {"over oracle"},
                                         {"F1 deployed"},        {"F1 on dense"}, {"mass on dense"}};
    const double oracle = run.oracle_perplexity;
    const std::string k = std::to_string(run.request.k);
    return table(columns,
                 {{"dense", number("%.3f", run.dense_perplexity), from(run.dense_perplexity, oracle), "", "", ""},
                  {"oracle:k=" + k, number("%.3f", oracle), from(oracle, oracle), "", "", ""},
                  gate_row("at its first values", *run.random, run),
                  gate_row("after " + std::to_string(run.step) + " steps", *run.learned, run)});
}

ordered_json distill_json(const DistillRun& run) {
    return {{"gate", run.deployed},
            {"file", run.request.out},
            {"steps", run.step},
            {"status", run.status},
            {"recipe", ordered_json::parse(run.learned->recipe)},
            {"seconds", plain(run.seconds)},
            {"dense_perplexity", plain(run.dense_perplexity)},
            {"oracle_perplexity", plain(run.oracle_perplexity)},
            {"perplexity", plain(last_of(*run.learned, "perplexity"))},
            {"frozen_perplexity", plain(last_of(*run.random, "perplexity"))},
            {"curves", {curve_json(*run.learned), curve_json(*run.random)}}};
}

}  // namespace gatescope
