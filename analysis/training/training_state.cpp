#include "analysis/training/training_state.h"

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "model/core/error.h"

namespace gatescope {
namespace {

using nlohmann::json;

// JSON has no NaN: null stands for it.
json number(double value) {
    return std::isfinite(value) ? json(value) : json();
}

double number(const json& value) {
    return value.is_null() ? std::numeric_limits<double>::quiet_NaN() : value.get<double>();
}

json series_of(const TrainCurve& curve) {
    json out = json::object();
    for (const auto& [name, values] : curve.series) {
        json& row = out[name] = json::array();
        for (const double value : values) row.push_back(number(value));
    }
    return out;
}

TrainCurve curve_of(const json& step, const json& series) {
    TrainCurve out;
    out.step = step.get<std::vector<std::int64_t>>();
    for (const auto& [name, values] : series.items()) {
        if (values.size() != out.step.size()) throw std::invalid_argument(name + " is not as long as step");
        for (const json& value : values) out.series[name].push_back(number(value));
    }
    return out;
}

}  // namespace

void add_row(std::int64_t step, const std::map<std::string, double>& figures, TrainCurve& curve) {
    constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
    curve.step.push_back(step);
    for (const auto& [series, value] : figures) {
        std::vector<double>& values = curve.series[series];
        values.resize(curve.step.size(), kNone);
        values.back() = value;
    }
    for (auto& [series, values] : curve.series) values.resize(curve.step.size(), kNone);
}

std::string print_progress(const TrainingProgress& progress) {
    return json{{"step", progress.step},
                {"round", progress.place.round},
                {"place", progress.place.place},
                {"steps_since_report", progress.steps_since_report},
                {"loss_sum", progress.loss_sum},
                {"squared_norms", progress.squared_norms},
                {"curve", {{"step", progress.curve.step}, {"series", series_of(progress.curve)}}}}
        .dump();
}

TrainingProgress parse_progress(const std::string& text) {
    try {
        const json from = json::parse(text);
        TrainingProgress out;
        out.step = from.at("step").get<std::int64_t>();
        out.place = {from.at("round").get<std::uint64_t>(), from.at("place").get<std::uint64_t>()};
        out.steps_since_report = from.at("steps_since_report").get<std::int64_t>();
        out.loss_sum = from.at("loss_sum").get<double>();
        out.squared_norms = from.at("squared_norms").get<std::map<std::string, double>>();
        out.curve = curve_of(from.at("curve").at("step"), from.at("curve").at("series"));
        if (out.step < 0) throw std::invalid_argument("step is negative");
        return out;
    } catch (const std::exception& fault) {
        throw Failure(FailureKind::kBadFile, one_line("can't be read: " + std::string(fault.what())), "training state");
    }
}

}  // namespace gatescope
