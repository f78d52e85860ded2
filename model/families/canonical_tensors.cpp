#include "model/families/canonical_tensors.h"

namespace gatescope {

std::vector<CanonicalTensor> canonical_tensors(const ModelConfig& config) {
    const std::int64_t d_model = config.d_model, d_mlp = config.d_mlp;
    const std::int64_t query_rows = config.n_heads * config.d_head, key_rows = config.n_kv_heads * config.d_head;
    std::vector<CanonicalTensor> out;
    out.push_back({Weight::kEmbedding, -1, {config.d_vocab, d_model}});
    for (std::int64_t layer = 0; layer < config.n_layers; ++layer) {
        out.push_back({Weight::kAttentionNorm, layer, {d_model}});
        out.push_back({Weight::kQuery, layer, {query_rows, d_model}});
        out.push_back({Weight::kKey, layer, {key_rows, d_model}});
        out.push_back({Weight::kValue, layer, {key_rows, d_model}});
        out.push_back({Weight::kAttentionOut, layer, {d_model, query_rows}});
        out.push_back({Weight::kMlpNorm, layer, {d_model}});
        out.push_back({Weight::kMlpGate, layer, {d_mlp, d_model}});
        out.push_back({Weight::kMlpUp, layer, {d_mlp, d_model}});
        out.push_back({Weight::kMlpDown, layer, {d_model, d_mlp}});
    }
    out.push_back({Weight::kFinalNorm, -1, {d_model}});
    if (!config.tied_embeddings) out.push_back({Weight::kUnembedding, -1, {config.d_vocab, d_model}});
    return out;
}

}  // namespace gatescope
