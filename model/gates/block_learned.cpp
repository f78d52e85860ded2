// Shapes also: W key of a block.
#include "model/gates/block_learned.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/cumsum.h>

#include <cmath>

#include "model/core/error.h"
#include "model/gates/bilinear_file.h"
#include "model/gates/gate_params.h"

namespace gatescope {
namespace {

GateFile open_file(const GateTerm& term) {
    constexpr auto kHeads = GateDimension::kHeads, kModel = GateDimension::kModel, kGate = GateDimension::kGate;
    return {text(term.values, "file"),
            "block-learned",
            {{"block_query", {kHeads, kModel, kGate}}, {"block_key", {kHeads, kModel, kGate}}}};
}

class BlockLearned final : public BlockGate {
  public:
    BlockLearned(const GateTerm& term, BilinearGate::Source source) : BlockGate(term), source_(std::move(source)) {}

  private:
    BlockFeatures features(const LayerInput& layer, bool tails) override {
        auto found = layers_.find(layer.layer);
        if (found == layers_.end()) found = layers_.emplace(layer.layer, source_(layer)).first;
        return block_learned_features(layer.x_TD, found->second, keys_per_block(), tails);
    }

    BilinearGate::Source source_;
    std::map<std::int64_t, BilinearArrays> layers_;
};

std::unique_ptr<Gate> block_learned_of_file(const GateTerm& term) {
    const auto file = std::make_shared<const GateFile>(open_file(term));
    return block_learned_from(term, [file](const LayerInput& layer) {
        BilinearArrays arrays{gate_array(*file, layer, "block_query"), gate_array(*file, layer, "block_key")};
        if (arrays.query_HDC.size(0) != layer.q_HTE.size(0) || arrays.query_HDC.size(1) != layer.x_TD.size(1))
            throw Failure(FailureKind::kBadFile, "doesn't fit the model", "layers." + std::to_string(layer.layer));
        return arrays;
    });
}

// Means of other blocks are other features than those that it was trained on.
void check_block_file(const GateTerm& term, const GateModel& model) {
    const GateFile file = open_file(term);
    file.check(model, term.layers, flag(term.values, "other_model"));
    const std::string trained = file.note("block"), asked = std::to_string(integer(term.values, "b"));
    if (!trained.empty() && trained != asked)
        throw Failure(FailureKind::kUsage, "was trained on blocks of " + trained + " keys, not " + asked,
                      text(term.values, "file"), "write b=" + trained);
}

}  // namespace

std::unique_ptr<Gate> block_learned_from(const GateTerm& term, BilinearGate::Source source) {
    return std::make_unique<BlockLearned>(term, std::move(source));
}

at::Tensor means_so_far(const at::Tensor& x_TD, std::int64_t keys_per_block) {
    const std::int64_t length = x_TD.size(0), n_blocks = (length + keys_per_block - 1) / keys_per_block;
    const at::Tensor padded = at::constant_pad_nd(x_TD, {0, 0, 0, n_blocks * keys_per_block - length});
    const at::Tensor sums_BWD = at::cumsum(padded.view({n_blocks, keys_per_block, -1}), 1);
    const at::Tensor count_W1 = at::arange(1, keys_per_block + 1, x_TD.options().requires_grad(false)).unsqueeze(1);
    return sums_BWD.div(count_W1).flatten(0, 1).narrow(0, 0, length);
}

BlockFeatures block_learned_features(const at::Tensor& x_TD, const BilinearArrays& arrays, std::int64_t keys_per_block,
                                     bool tails) {
    const at::Tensor x = x_TD.to(at::kFloat), x_1TD = x.unsqueeze(0);
    const double shrink = 1.0 / std::sqrt(static_cast<double>(arrays.query_HDC.size(2)));
    const auto key_side = [&](const at::Tensor& means_1BD) {
        return head_projection(means_1BD.squeeze(0), arrays.key_HDC);
    };
    return {head_projection(means_so_far(x, keys_per_block), arrays.query_HDC) * shrink,
            key_side(block_means(x_1TD, keys_per_block)),
            tails ? key_side(tail_means(x_1TD, keys_per_block)) : at::Tensor()};
}

GateEntry block_learned_gate() {
    GateEntry entry = block_entry({.id = "block-learned",
                                   .label = "Blocks, learned",
                                   .help = "Keeps the n blocks of b keys that a trained gate ranks highest.",
                                   .granularity = {},
                                   .source = "Gao et al. 2024 (SeerAttention)",
                                   .training = "KL or BCE to the pattern pooled by block",
                                   .params = {file_param(), other_model_param()},
                                   .traits = {.trainable = true, .needs_file = true}});
    entry.make = [](const GateTerm& term) { return block_learned_of_file(term); };
    entry.check_file = check_block_file;
    return entry;
}

}  // namespace gatescope
