#include "model/families/canonical_tensors.h"

#include <optional>
#include <utility>

namespace gatescope {
namespace {

using W = Weight;

class Listing {
  public:
    explicit Listing(const ModelConfig& config) : config_(config) {}

    std::vector<CanonicalTensor> make() {
        embeddings();
        for (layer_ = 0; layer_ < config_.n_layers; ++layer_) {
            attention();
            mlp();
        }
        layer_ = -1;
        if (config_.norms_input() || config_.norm_place == NormPlace::kAfterSublayer)
            norm(W::kFinalNorm, W::kFinalNormBias, config_.d_model);
        head();
        return std::move(out_);
    }

  private:
    void add(W weight, std::vector<std::int64_t> shape) { out_.push_back({weight, layer_, std::move(shape)}); }

    void norm(W gain, W bias, std::int64_t width) {
        add(gain, {width});
        if (config_.norm == NormKind::kLayer) add(bias, {width});
    }

    void matrix(W weight, std::int64_t out, std::int64_t in, std::optional<W> bias) {
        add(weight, {out, in});
        if (bias) add(*bias, {out});
    }

    void embeddings() {
        const std::int64_t d_model = config_.d_model;
        add(W::kEmbedding, {config_.d_vocab, d_model});
        if (config_.learned_positions) add(W::kPositionEmbedding, {config_.n_ctx, d_model});
        if (config_.n_token_types > 0) add(W::kTokenTypeEmbedding, {config_.n_token_types, d_model});
        if (config_.embedding_norm) norm(W::kEmbeddingNorm, W::kEmbeddingNormBias, d_model);
    }

    void attention() {
        const std::int64_t d_model = config_.d_model, d_head = config_.d_head;
        const std::int64_t queries = config_.n_heads * d_head, keys = config_.n_kv_heads * d_head;
        const auto bias = [this](W weight) { return config_.qkv_bias ? std::optional(weight) : std::nullopt; };
        if (config_.norms_input()) norm(W::kAttentionNorm, W::kAttentionNormBias, d_model);
        matrix(W::kQuery, queries, d_model, bias(W::kQueryBias));
        matrix(W::kKey, keys, d_model, bias(W::kKeyBias));
        matrix(W::kValue, keys, d_model, bias(W::kValueBias));
        if (config_.qk_norm != QkNorm::kNone) {
            const bool whole = config_.qk_norm == QkNorm::kProjection;
            add(W::kQueryNorm, {whole ? queries : d_head});
            add(W::kKeyNorm, {whole ? keys : d_head});
        }
        matrix(W::kAttentionOut, d_model, queries,
               config_.attention_out_bias ? std::optional(W::kAttentionOutBias) : std::nullopt);
        if (config_.norms_output()) norm(W::kAttentionPostNorm, W::kAttentionPostNormBias, d_model);
    }

    void mlp() {
        const std::int64_t d_model = config_.d_model, d_mlp = config_.d_mlp;
        const auto bias = [this](W weight) { return config_.mlp_bias ? std::optional(weight) : std::nullopt; };
        if (config_.norms_input()) norm(W::kMlpNorm, W::kMlpNormBias, d_model);
        if (config_.gated_mlp) matrix(W::kMlpGate, d_mlp, d_model, bias(W::kMlpGateBias));
        matrix(W::kMlpUp, d_mlp, d_model, bias(W::kMlpUpBias));
        matrix(W::kMlpDown, d_model, d_mlp, bias(W::kMlpDownBias));
        if (config_.norms_output()) norm(W::kMlpPostNorm, W::kMlpPostNormBias, d_model);
    }

    void head() {
        const std::int64_t d_model = config_.d_model;
        if (config_.lm_head == LmHead::kNone) return;
        if (config_.lm_head == LmHead::kTransform) {
            matrix(W::kHeadDense, d_model, d_model, W::kHeadDenseBias);
            norm(W::kHeadNorm, W::kHeadNormBias, d_model);
        }
        if (!config_.tied_embeddings) add(W::kUnembedding, {config_.d_vocab, d_model});
        if (config_.unembedding_bias) add(W::kUnembeddingBias, {config_.d_vocab});
    }

    const ModelConfig& config_;
    std::int64_t layer_ = -1;
    std::vector<CanonicalTensor> out_;
};

}  // namespace

std::vector<CanonicalTensor> canonical_tensors(const ModelConfig& config) {
    return Listing(config).make();
}

}  // namespace gatescope
