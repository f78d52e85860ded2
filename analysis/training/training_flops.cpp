#include "analysis/training/training_flops.h"

#include "analysis/training/model_training.h"

namespace gatescope {
namespace {

double size_of(const CanonicalTensor& tensor) {
    double out = 1;
    for (const std::int64_t side : tensor.shape) out *= static_cast<double>(side);
    return out;
}

// Tied embeddings are multiplied by where the logits are made.
bool multiplies(const CanonicalTensor& tensor, bool tied) {
    if (tensor.shape.size() < 2) return false;
    if (tensor.weight == Weight::kEmbedding) return tied;
    return tensor.weight != Weight::kPositionEmbedding && tensor.weight != Weight::kTokenTypeEmbedding;
}

}  // namespace

double training_flops_a_token(const TrainPlan& plan, const ModelConfig& model) {
    const std::vector<CanonicalTensor> tensors = canonical_tensors(model);
    bool tied = true;
    for (const CanonicalTensor& tensor : tensors) tied = tied && tensor.weight != Weight::kUnembedding;
    double all = 0, trained = 0;
    for (const CanonicalTensor& tensor : tensors) {
        if (!multiplies(tensor, tied)) continue;
        all += size_of(tensor);
        const bool in_layers = tensor.layer < 0 || plan.layers.contains(tensor.layer);
        if (in_layers && plan.parts.contains(part_of(tensor.weight))) trained += size_of(tensor);
    }
    const double keys = (static_cast<double>(plan.window_length) + 1) / 2;
    const double attention = 4.0 * keys * static_cast<double>(model.n_layers * model.n_heads * model.d_head);
    return 4 * all + 2 * trained + 3 * attention;
}

}  // namespace gatescope
