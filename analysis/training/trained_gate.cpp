#include "analysis/training/trained_gate.h"

#include "model/core/error.h"
#include "model/gates/gate_syntax.h"

namespace gatescope {
namespace {

constexpr const char* kField = "gate.gate";

void check_trainable_under(const GateTerm& term) {
    const GateInfo& info = gate_info(term.id);
    const auto unsupported = [&info](const std::string& what) {
        return Failure(FailureKind::kUnsupported, info.id + " " + what, kField, "take another gate");
    };
    if (info.traits.needs_means) throw unsupported("needs means of the finished model, and here it changes every step");
    if (info.traits.needs_file && !info.traits.trainable)
        throw unsupported("has sets for the windows of one text alone, not for those of the training");
    if (info.traits.reads != GateReads::kKeys)
        throw unsupported("puts an output in attention's place, which nothing can be trained under here");
}

}  // namespace

TrainedGate trained_gate(const std::string& text, bool rope) {
    GateSpec gate;
    try {
        gate = parse_trained_gate(text);
    } catch (const Failure& failure) {
        throw failure.at(kField);
    }
    TrainedGate out;
    for (GateTerm& term : gate.terms) {
        check_trainable_under(term);
        if (!lacks_file(term)) continue;
        out.begins = true;
        const auto rotated = term.values.find("rope");
        if (rotated == term.values.end()) continue;
        if (rope) rotated->second = true;
        out.rope = out.rope || std::get<bool>(rotated->second);
    }
    out.text = print_gate(with_whole_paths(gate));
    return out;
}

void check_trained_gate(const TrainPlan& plan, const ModelConfig& model) {
    const GateSpec gate = parse_trained_gate(plan.gate);
    try {
        check_gate(gate, model.n_layers, model.n_heads);
    } catch (const Failure& failure) {
        throw failure.at(kField);
    }
    if (!plan.gate_rope) return;
    if (model.learned_positions)
        throw Failure(FailureKind::kUsage, "the model learns its positions and rotates nothing", "gate.rope",
                      "leave it false, or take a family that rotates, as model.family llama");
    if (plan.gate_dim % 2 != 0)
        throw Failure(FailureKind::kUsage, std::to_string(plan.gate_dim) + " channels can't be rotated in pairs",
                      "gate.dim", "give an even number, or leave gate.rope false");
}

}  // namespace gatescope
