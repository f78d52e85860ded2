#include "analysis/training/plan_gate.h"

#include <ATen/ops/empty.h>

#include <utility>

#include "analysis/training/trained_gate.h"
#include "model/core/error.h"
#include "model/gates/bilinear.h"
#include "model/gates/gate_file_writer.h"
#include "model/gates/gate_syntax.h"

namespace gatescope {
namespace {

// Whose arrays and file a gate has: a soft one those of the hard one.
std::string kind_of(const GateTerm& term) {
    return term.id == "soft-learned" ? "learned" : term.id;
}

Failure refused(const std::string& what, const GateTerm& term, const std::string& hint) {
    return {FailureKind::kUsage, what, "gate " + term.id, hint};
}

// What first values are drawn for; they depend on sizes alone.
LayerInput sizes_of(const ModelConfig& model, std::int64_t layer, at::Device device) {
    LayerInput out;
    out.layer = layer;
    out.x_TD = at::empty({1, model.d_model}, at::TensorOptions(device));
    out.q_HTE = at::empty({model.n_heads, 1, model.d_head}, at::TensorOptions(device));
    return out;
}

}  // namespace

PlanGate::PlanGate(const TrainPlan& plan, const ModelConfig& model, at::Device device)
    : plan_(plan), spec_(parse_trained_gate(plan.gate)) {
    check_trained_gate(plan, model);
    for (const GateTerm& term : spec_.terms) add_term(term, model, device);
}

void PlanGate::add_term(const GateTerm& term, const ModelConfig& model, at::Device device) {
    TrainShape shape;
    shape.gate_dim = plan_.gate_dim;
    shape.seed = plan_.seed;
    shape.rope = term.values.contains("rope") && flag(term.values, "rope");
    if (term.values.contains("b")) shape.keys_per_block = integer(term.values, "b");
    if (!lacks_file(term)) return;
    const TrainableGate& kind = trainable_gate(kind_of(term));
    if (kind_ != nullptr && (kind_ != &kind || shape.rope != shape_.rope))
        throw refused("its arrays are of another kind than those of " + kind_->id, term,
                      "let one kind of gate train at a time");
    kind_ = &kind;
    shape_ = shape;
    for (const std::int64_t layer : term.layers.members(model.n_layers)) {
        if (arrays_.contains(layer)) continue;
        GateArrays& own = arrays_[layer];
        for (at::Tensor& array : kind.random(sizes_of(model, layer, device), shape))
            own.push_back(array.contiguous().requires_grad_(plan_.train_gate));
    }
}

std::unique_ptr<GateRun> PlanGate::run() const {
    std::vector<std::shared_ptr<Gate>> gates;
    const ArraySource source = [this](const LayerInput& layer) { return arrays_.at(layer.layer); };
    for (const GateTerm& term : spec_.terms) {
        if (!lacks_file(term)) {
            gates.push_back(gate_entry(term.id).make(term));
        } else if (gate_info(term.id).traits.hard) {
            gates.push_back(kind_->gate(term, source));
        } else {
            const auto both = [source](const LayerInput& layer) {
                const GateArrays arrays = source(layer);
                return BilinearArrays{arrays[0], arrays[1]};
            };
            gates.push_back(std::make_shared<BilinearGate>(both, BilinearGate::Use::kBias, flag(term.values, "rope")));
        }
    }
    return std::make_unique<GateRun>(spec_, gates);
}

void PlanGate::write(const std::filesystem::path& file, std::int64_t steps, const std::string& model_sha256) const {
    std::int64_t k = 0;
    for (const GateTerm& term : spec_.terms)
        if (lacks_file(term) && term.values.contains("k")) k = integer(term.values, "k");
    GateFileHeader header{kind_->id, "none", k, plan_.train_gate ? steps : 0, model_sha256, {}};
    header.more = {{"seed", std::to_string(plan_.seed)}, {"trained", "with the model, by its own loss"}};
    if (shape_.rope) header.more["rope"] = "1";
    if (kind_->takes_block) header.more["block"] = std::to_string(shape_.keys_per_block);
    std::vector<at::Tensor> held;
    std::vector<GateFileTensor> tensors;
    for (const auto& [layer, arrays] : arrays_)
        for (std::size_t n = 0; n < arrays.size(); ++n) {
            held.push_back(arrays[n].detach().cpu().contiguous());
            tensors.push_back({layer,
                               kind_->arrays[n],
                               held.back().sizes().vec(),
                               {held.back().const_data_ptr<float>(), static_cast<std::size_t>(held.back().numel())}});
        }
    write_gate_file(file, true, header, tensors);
}

}  // namespace gatescope
