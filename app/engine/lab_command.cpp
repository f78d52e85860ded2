#include "app/engine/lab_command.h"

#include "app/engine/command_line.h"
#include "model/gates/gate_info.h"

namespace gatescope {
namespace {

void add(std::string& line, const std::string& name, const std::string& value, const char* unless = "") {
    if (value != unless) line += " --" + name + " " + shell_quoted(value);
}

std::string list(const std::vector<std::int64_t>& numbers) {
    std::string out;
    for (const std::int64_t number : numbers) out += (out.empty() ? "" : ",") + std::to_string(number);
    return out;
}

std::string beginning(const char* verb, const RunWords& words) {
    std::string out = std::string("gatescope ") + verb + " " + shell_quoted(words.model);
    add(out, words.tokens ? "tokens" : "text", words.text);
    add(out, "window", std::to_string(words.window_length));
    add(out, "windows", words.windows == 0 ? "all" : std::to_string(words.windows));
    add(out, "device", words.device, "best");
    add(out, "dtype", words.dtype, "float32");
    add(out, "layers", words.layers);
    add(out, "heads", words.heads);
    return out;
}

}  // namespace

std::string sweep_command(const RunWords& words, const SweepRequest& request) {
    std::string out = beginning("sweep", words);
    for (const GateSpec& gate : request.gates) add(out, "gate", print_gate(gate));
    for (const auto& [swept, budgets] : request.budgets) add(out, swept_info(swept).name, list(budgets));
    add(out, "out", words.out);
    return out;
}

std::string sensitivity_command(const RunWords& words, const SensitivityRequest& request) {
    std::string out = beginning("sensitivity", words);
    add(out, "gate", print_gate({{request.gate}}));
    const std::string& name = swept_info(swept_of({{request.gate}})).name;
    add(out, name, list(request.budgets));
    add(out, "mean-" + name, print_value(request.mean_budget));
    if (request.each_head) out += " --heads-alone --head-" + name + " " + std::to_string(request.head_budget);
    add(out, "out", words.out);
    return out;
}

}  // namespace gatescope
