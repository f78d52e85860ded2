#include "captures/experiment/setting_json.h"

#include <nlohmann/json.hpp>

#include "model/core/error.h"

namespace gatescope {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

std::string printed(const ordered_json& document) {
    return document.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

// Calls visit(name, field) for every plain field: one list for both directions.
template <typename Request, typename Visit>
void each_field(Request& request, Visit visit) {
    visit("gate", request.gate);
    visit("loss", request.loss);
    visit("k", request.k);
    visit("steps", request.steps);
    visit("gate_dim", request.gate_dim);
    visit("keys_per_block", request.keys_per_block);
    visit("index_heads", request.index_heads);
    visit("rope", request.rope);
    visit("learning_rate", request.learning_rate);
    visit("start", request.start);
    visit("seed", request.seed);
    visit("window_length", request.window_length);
    visit("text", request.text);
    visit("held_out", request.held_out);
    visit("held_out_windows", request.held_out_windows);
    visit("report_every", request.report_every);
    visit("sinks", request.sinks);
    visit("local", request.local);
    visit("out", request.out);
    visit("capture", request.capture);
}

ParamValue value_of(const json& value) {
    if (value.is_boolean()) return value.get<bool>();
    if (value.is_number_integer()) return value.get<std::int64_t>();
    if (value.is_number()) return value.get<double>();
    return value.get<std::string>();
}

}  // namespace

std::string print_stored_setting(const ExperimentSetting& setting) {
    ordered_json values = ordered_json::object();
    for (const auto& [key, value] : setting.values)
        values[key] = std::visit([](const auto& held) { return ordered_json(held); }, value);
    return printed({{"experiment", setting.experiment},
                    {"scale", setting.scale},
                    {"model", setting.model},
                    {"seeds", setting.seeds},
                    {"values", values},
                    {"changes", setting.changes}});
}

ExperimentSetting parse_stored_setting(const std::string& text, const std::string& where) {
    try {
        const json document = json::parse(text);
        ExperimentSetting out;
        document.at("experiment").get_to(out.experiment);
        document.at("scale").get_to(out.scale);
        document.at("model").get_to(out.model);
        document.at("seeds").get_to(out.seeds);
        for (const auto& [key, value] : document.at("values").items()) out.values[key] = value_of(value);
        document.at("changes").get_to(out.changes);
        return out;
    } catch (const json::exception&) {
        throw Failure(FailureKind::kBadFile, "is no setting of an experiment", where);
    }
}

std::string print_request(const DistillRequest& request) {
    ordered_json out;
    each_field(request, [&out](const char* name, const auto& value) { out[name] = value; });
    out["layers"] = request.layers.print();
    return printed(out);
}

DistillRequest parse_request(const std::string& text, const std::string& where) {
    try {
        const json document = json::parse(text);
        DistillRequest out;
        each_field(out, [&document](const char* name, auto& value) { value = document.value(name, value); });
        out.layers = IndexSet::parse(document.value("layers", ""), "layers");
        return out;
    } catch (const json::exception&) {
        throw Failure(FailureKind::kBadFile, "is no request for a gate's training", where);
    } catch (const Failure& failure) {
        throw failure.at(where);
    }
}

}  // namespace gatescope
