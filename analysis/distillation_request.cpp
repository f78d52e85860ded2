// What is checked of a distillation before anything runs, and what it is called.
#include <cmath>
#include <filesystem>
#include <limits>
#include <nlohmann/json.hpp>

#include "analysis/abilities.h"
#include "analysis/distillation.h"
#include "analysis/distillation_setup.h"
#include "model/core/error.h"
#include "model/core/last_part.h"
#include "model/train/loss.h"

namespace gatescope {
namespace {

Failure refused(const std::string& what, const std::string& where, const std::string& hint) {
    return {FailureKind::kUsage, what, where, hint};
}

void check_least(std::int64_t value, std::int64_t least, const std::string& option) {
    if (value < least)
        throw refused(std::to_string(value) + " is not allowed", option,
                      "it takes a whole number from " + std::to_string(least));
}

void check_numbers(const DistillRequest& request) {
    check_least(request.k, 1, "--k");
    check_least(request.steps, 0, "--steps");
    check_least(request.gate_dim, 1, "--gate-dim");
    check_least(request.keys_per_block, 1, "--block");
    check_least(request.index_heads, 1, "--index-heads");
    check_least(request.window_length, 2, "--window");
    check_least(request.held_out_windows, 1, "--held-out-windows");
    check_least(request.report_every, 1, "--report-every");
    constexpr std::int64_t kWidest = 4096;  // as gate `random` has it
    if (request.gate_dim > kWidest || request.index_heads > kWidest)
        throw refused("is too wide", request.gate_dim > kWidest ? "--gate-dim" : "--index-heads",
                      "at most " + std::to_string(kWidest));
    if (!std::isfinite(request.learning_rate) || request.learning_rate < 0)
        throw refused("is no learning rate", "--lr", "give a number above 0");
}

void check_start(const DistillRequest& request, const TrainableGate& gate) {
    if (request.start != "random" && request.start != "kernel")
        throw refused("unknown start \"" + one_line(request.start, 40) + "\"", "--start", "random or kernel");
    if (request.start == "kernel" && gate.from_kernel == nullptr)
        throw refused(gate.id + " can't start from the heads' kernels", "--start", "leave --start out");
}

void check_rope(const DistillRequest& request, const TrainableGate& gate, const ModelConfig& model) {
    if (!request.rope) return;
    if (!gate.takes_rope) throw refused(gate.id + " rotates nothing", "--rope", "leave --rope out");
    if (model.learned_positions)
        throw Failure(FailureKind::kUnsupported, "the model doesn't rotate positions", "--rope", "leave --rope out");
    if (request.gate_dim % 2 != 0)
        throw refused(std::to_string(request.gate_dim) + " channels can't be rotated in pairs", "--gate-dim",
                      "give an even one, or leave --rope out");
}

// Before the gate's own check, which knows nothing of options and what they are unless given.
void check_forced(const DistillRequest& request) {
    const std::int64_t k = budget_of(deployed_gate(request).terms[0], std::numeric_limits<std::int64_t>::max());
    if (request.sinks > k || request.local > k - request.sinks)
        throw refused("sinks (" + std::to_string(request.sinks) + ") + local (" + std::to_string(request.local) +
                          ") are more than k (" + std::to_string(k) + ")",
                      "--sinks, --local", "forced keys count inside k; give fewer, as in --sinks 0 --local 0");
}

}  // namespace

TrainShape train_shape(const DistillRequest& request) {
    return {request.k, request.gate_dim, request.keys_per_block, request.index_heads, request.rope, request.seed};
}

DistillShape distill_shape(const std::string& gate) {
    const TrainableGate& found = trainable_gate(gate);
    return {found.takes_rope, found.takes_block, found.takes_index_heads};
}

GateSpec deployed_gate(const DistillRequest& request) {
    const TrainableGate& gate = trainable_gate(request.gate);
    GateTerm term{gate.id, initial_values(gate_info(gate.id).params), request.layers, {}};
    term.values["file"] = request.out;
    if (term.values.contains("sinks")) term.values["sinks"] = request.sinks;
    if (term.values.contains("local")) term.values["local"] = request.local;
    gate.deploy(term.values, train_shape(request));
    gate_entry(gate.id).set_budget(term.values, request.k);
    return {{term}};
}

void check_distillation(const DistillRequest& request, const ModelConfig& model) {
    const TrainableGate& gate = trainable_gate(request.gate);
    (void)loss_entry(request.loss);
    check_numbers(request);
    check_start(request, gate);
    check_rope(request, gate, model);
    if (request.out.empty()) throw refused("--out is missing", {}, "name the gate file to write");
    if (const std::string why = why_no_perplexity(model); !why.empty())
        throw Failure(FailureKind::kUnsupported, why, "distillation");
    request.layers.check(model.n_layers, "layers");
    check_forced(request);
    const GateSpec deployed = parse_gate(print_gate(deployed_gate(request)));
    check_gates({deployed}, model);
    if (model.learned_positions && request.window_length > model.n_ctx)
        throw refused("the model has only " + std::to_string(model.n_ctx) + " positions",
                      "--window " + std::to_string(request.window_length),
                      "give at most " + std::to_string(model.n_ctx));
}

std::string distillation_name(const DistillRequest& request) {
    std::string name = request.gate + " " + request.loss + " k=" + std::to_string(request.k);
    if (request.rope) name += " rope";
    if (request.start != "random") name += " from " + request.start;
    return name;
}

std::string distillation_recipe(const DistillRequest& request) {
    nlohmann::ordered_json out = {{"gate", request.gate},
                                  {"loss", request.loss},
                                  {"k", request.k},
                                  {"steps", request.steps},
                                  {"gate_dim", request.gate_dim}};
    if (request.gate == "block-learned") out["block"] = request.keys_per_block;
    if (request.gate == "indexer") out["index_heads"] = request.index_heads;
    out["rope"] = request.rope;
    out["learning_rate"] = learning_rate(request);
    out["start"] = request.start;
    out["layers"] = request.layers.print();
    out["seed"] = request.seed;
    out["window_length"] = request.window_length;
    out["text"] = last_part(request.text);
    out["held_out"] = last_part(request.held_out);
    out["held_out_windows"] = request.held_out_windows;
    out["sinks"] = request.sinks;
    out["local"] = request.local;
    out["file"] = last_part(request.out);
    return out.dump();
}

double learning_rate(const DistillRequest& request) {
    return request.learning_rate > 0 ? request.learning_rate : trainable_gate(request.gate).learning_rate;
}

}  // namespace gatescope
