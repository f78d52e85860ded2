#include "app/engine/lab_command.h"

#include "app/engine/command_line.h"
#include "model/gates/gate_info.h"

namespace gatescope {
namespace {

void add(std::string& line, const char* name, const std::string& value, const char* unless = "") {
    if (value != unless) line += std::string(" --") + name + " " + shell_quoted(value);
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
    add(out, "k", list(request.k));
    add(out, "out", words.out);
    return out;
}

std::string sensitivity_command(const RunWords& words, const SensitivityRequest& request) {
    std::string out = beginning("sensitivity", words);
    add(out, "gate", print_gate({{request.gate}}));
    add(out, "k", list(request.k));
    add(out, "mean-k", print_value(request.mean_k));
    if (request.each_head) out += " --heads-alone --head-k " + std::to_string(request.head_k);
    add(out, "out", words.out);
    return out;
}

}  // namespace gatescope
