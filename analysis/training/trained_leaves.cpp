#include "analysis/training/trained_leaves.h"

#include "analysis/training/model_training.h"
#include "model/train/gradient_norm.h"

namespace gatescope {
namespace {

std::string series_of(TrainedPart part) {
    switch (part) {
        case TrainedPart::kQueries:
            return "query_gradient_norm";
        case TrainedPart::kKeys:
            return "key_gradient_norm";
        case TrainedPart::kValues:
            return "value_gradient_norm";
        default:
            return {};
    }
}

std::vector<std::string> by_layer_too(const std::string& series, std::int64_t layer) {
    if (series.empty()) return {};
    return {series, "layer_" + std::to_string(layer) + "." + series};
}

}  // namespace

TrainedPart part_of(Weight weight) {
    switch (weight) {
        case Weight::kEmbedding:
        case Weight::kPositionEmbedding:
        case Weight::kTokenTypeEmbedding:
        case Weight::kEmbeddingNorm:
        case Weight::kEmbeddingNormBias:
            return TrainedPart::kEmbeddings;
        case Weight::kQuery:
        case Weight::kQueryBias:
            return TrainedPart::kQueries;
        case Weight::kKey:
        case Weight::kKeyBias:
            return TrainedPart::kKeys;
        case Weight::kValue:
        case Weight::kValueBias:
            return TrainedPart::kValues;
        case Weight::kAttentionOut:
        case Weight::kAttentionOutBias:
            return TrainedPart::kOutputs;
        case Weight::kMlpGate:
        case Weight::kMlpUp:
        case Weight::kMlpDown:
        case Weight::kMlpGateBias:
        case Weight::kMlpUpBias:
        case Weight::kMlpDownBias:
            return TrainedPart::kMlp;
        case Weight::kAttentionNorm:
        case Weight::kAttentionNormBias:
        case Weight::kQueryNorm:
        case Weight::kKeyNorm:
        case Weight::kAttentionPostNorm:
        case Weight::kAttentionPostNormBias:
        case Weight::kMlpNorm:
        case Weight::kMlpNormBias:
        case Weight::kMlpPostNorm:
        case Weight::kMlpPostNormBias:
            return TrainedPart::kNorms;
        case Weight::kFinalNorm:
        case Weight::kFinalNormBias:
        case Weight::kHeadDense:
        case Weight::kHeadDenseBias:
        case Weight::kHeadNorm:
        case Weight::kHeadNormBias:
        case Weight::kUnembedding:
        case Weight::kUnembeddingBias:
            return TrainedPart::kHead;
    }
    return TrainedPart::kHead;
}

std::vector<TrainedLeaf> trained_leaves(const TrainPlan& plan, const Parameters& parameters) {
    std::vector<TrainedLeaf> out;
    for (const Parameter& parameter : parameters) {
        const TrainedPart part = part_of(parameter.canonical.weight);
        const std::int64_t layer = parameter.canonical.layer;
        const bool trains = plan.parts.contains(part) && (layer < 0 || plan.layers.contains(layer));
        parameter.value.requires_grad_(trains);
        if (trains) out.push_back({parameter.value, by_layer_too(series_of(part), layer)});
    }
    return out;
}

std::vector<TrainedLeaf> trained_leaves(const PlanGate& gate) {
    std::vector<TrainedLeaf> out;
    for (const auto& [layer, arrays] : gate.arrays())
        for (const at::Tensor& array : arrays)
            if (array.requires_grad()) out.push_back({array, by_layer_too("gate_gradient_norm", layer)});
    return out;
}

std::map<std::string, double> squared_norms(const std::vector<TrainedLeaf>& leaves, double share) {
    std::map<std::string, double> out;
    for (const TrainedLeaf& leaf : leaves) {
        const double norm = gradient_norm({&leaf.value, 1}) * share;
        out["gradient_norm"] += norm * norm;
        for (const std::string& series : leaf.norms) out[series] += norm * norm;
    }
    return out;
}

}  // namespace gatescope
