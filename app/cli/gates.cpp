#include <nlohmann/json.hpp>

#include "app/cli/console.h"
#include "app/cli/options.h"
#include "app/cli/verb.h"
#include "app/engine/text_table.h"
#include "model/gates/gate_info.h"

namespace gatescope {
namespace {

std::string range_of(const ParamSpec& spec) {
    switch (spec.kind) {
        case ParamKind::kInteger:
        case ParamKind::kReal:
            return number("%.12g", spec.least) + " to " + number("%.12g", spec.most);
        case ParamKind::kFlag:
            return "0 or 1";
        case ParamKind::kFile:
            return "a file";
        case ParamKind::kText:
            return "a text";
    }
    return "";
}

std::string default_of(const ParamSpec& spec) {
    return spec.required ? "required" : print_value(spec.initial);
}

std::string listing() {
    std::string out;
    for (const GateInfo& info : gate_infos()) out += info.id + "\n    " + info.help + "\n    " + describe(info) + "\n";
    return out + "\ngatescope gates ID lists a gate's parameters.\n";
}

std::string details(const GateInfo& info) {
    std::string out = info.id + ": " + info.label + "\n" + info.help + "\n" + describe(info) + "\n";
    for (const std::string& caution : {info.cautions.rope, info.cautions.qk_norm})
        if (!caution.empty()) out += caution + "\n";
    if (info.params.empty()) return out + "It takes no parameters.\n";
    std::vector<std::vector<std::string>> rows;
    for (const ParamSpec& spec : info.params) rows.push_back({spec.key, default_of(spec), range_of(spec), spec.help});
    return out + "\n" +
           table({{"parameter", Align::kLeft}, {"default", Align::kLeft}, {"range", Align::kLeft}, {"", Align::kLeft}},
                 rows);
}

nlohmann::ordered_json param_json(const ParamSpec& spec) {
    nlohmann::ordered_json out = {{"key", spec.key}, {"label", spec.label}, {"help", spec.help}};
    out["required"] = spec.required;
    if (!spec.required) std::visit([&out](const auto& value) { out["default"] = value; }, spec.initial);
    if (spec.kind == ParamKind::kInteger || spec.kind == ParamKind::kReal) {
        out["least"] = spec.least;
        out["most"] = spec.most;
    }
    return out;
}

nlohmann::ordered_json gate_json(const GateInfo& info) {
    nlohmann::ordered_json params = nlohmann::ordered_json::array();
    for (const ParamSpec& spec : info.params) params.push_back(param_json(spec));
    return {
        {"id", info.id},
        {"label", info.label},
        {"help", info.help},
        {"budget", info.budget},
        {"granularity", info.granularity},
        {"causal", info.traits.causal},
        {"training", info.training.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(info.training)},
        {"source", info.source},
        {"hard", info.traits.hard},
        {"decoding_method", info.traits.decoding_method},
        {"swept", info.traits.swept == Swept::kNothing ? nlohmann::ordered_json()
                                                       : nlohmann::ordered_json(swept_info(info.traits.swept).name)},
        {"cautions", {{"rope", info.cautions.rope}, {"qk_norm", info.cautions.qk_norm}}},
        {"parameters", params}};
}

int run(const std::string& id, const Options& options, Console& console) {
    apply(options, console);
    if (options.json) {
        nlohmann::ordered_json list = nlohmann::ordered_json::array();
        for (const GateInfo& info : gate_infos())
            if (id.empty() || info.id == gate_info(id).id) list.push_back(gate_json(info));
        console.print(list.dump(2) + "\n");
    } else {
        console.print(id.empty() ? listing() : details(gate_info(id)));
    }
    return 0;
}

std::function<int(Console&)> declare(CLI::App& app) {
    auto options = std::make_shared<Options>();
    auto id = std::make_shared<std::string>();
    app.add_option("ID", *id, "a gate, to see its parameters; all gates unless given")->type_name("");
    add_console(app, *options);
    return [options, id](Console& console) { return run(*id, *options, console); };
}

}  // namespace

Verb gates_verb() {
    return {"gates", "The gates that --gate takes: budget, granularity, training signal, source, parameters.",
            "gatescope gates oracle", declare};
}

}  // namespace gatescope
