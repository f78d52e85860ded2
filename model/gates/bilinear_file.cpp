#include "model/gates/bilinear_file.h"

#include <ATen/ops/from_blob.h>

#include "model/core/error.h"

namespace gatescope {
namespace {

GateFile open_file(const GateTerm& term) {
    constexpr auto kHeads = GateDimension::kHeads, kModel = GateDimension::kModel, kGate = GateDimension::kGate;
    return {
        text(term.values, "file"), "learned", {{"query", {kHeads, kModel, kGate}}, {"key", {kHeads, kModel, kGate}}}};
}

}  // namespace

at::Tensor gate_array(const GateFile& file, const LayerInput& layer, const std::string& name) {
    std::vector<float> values = file.read(layer.layer, name);
    return at::from_blob(values.data(), file.shape(layer.layer, name), at::TensorOptions().dtype(at::kFloat))
        .to(layer.x_TD.device(), at::kFloat, /*non_blocking=*/false, /*copy=*/true);
}

std::unique_ptr<Gate> bilinear_gate_of_file(const GateTerm& term, BilinearGate::Use use) {
    const auto file = std::make_shared<const GateFile>(open_file(term));
    const auto source = [file](const LayerInput& layer) {
        BilinearArrays arrays{gate_array(*file, layer, "query"), gate_array(*file, layer, "key")};
        if (arrays.query_HDC.size(0) != layer.q_HTE.size(0) || arrays.query_HDC.size(1) != layer.x_TD.size(1))
            throw Failure(FailureKind::kBadFile, "doesn't fit the model", "layers." + std::to_string(layer.layer));
        return arrays;
    };
    return std::make_unique<BilinearGate>(source, use, flag(term.values, "rope"));
}

void check_bilinear_file(const GateTerm& term, const GateModel& model) {
    const GateFile file = open_file(term);
    file.check(model, term.layers, flag(term.values, "other_model"));
    if (!flag(term.values, "rope")) {
        if (file.note("rope") == "1")
            throw Failure(FailureKind::kUsage, "was trained with rotated queries and keys", text(term.values, "file"),
                          "add rope=1 to the gate");
        return;
    }
    if (model.config.learned_positions)
        throw Failure(FailureKind::kUnsupported, "the model doesn't rotate positions", "gate " + term.id,
                      "leave rope=1 out");
    if (file.gate_dim() % 2 != 0)
        throw Failure(FailureKind::kBadFile, "an odd number of channels can't be rotated in pairs",
                      text(term.values, "file"), "leave rope=1 out");
}

}  // namespace gatescope
