// Shapes: H head, G key/value head, Q query, K key, T token, E d_head.
#include "analysis/kept_window.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/softmax.h>
#include <c10/core/InferenceMode.h>

#include <algorithm>
#include <limits>

#include "model/key_reach_aten.h"
#include "model/transformer/softcap.h"

namespace gatescope {
namespace {

constexpr std::int64_t kBlockScores = std::int64_t{4} << 20;

struct LayerFound final : LayerFindings {
    explicit LayerFound(const LayerInput& layer) : input(layer) {}
    std::uint64_t bytes() const override {
        const std::size_t x_bytes = input.x_TD.defined() ? input.x_TD.nbytes() : 0;
        return input.q_HTE.nbytes() + input.k_GTE.nbytes() + x_bytes;
    }
    LayerInput input;
};

// Scores of one head, -inf where the model allows no key, block by block: take(begin, end, scores_1QK).
template <typename Take>
void for_head_blocks(const LayerInput& input, std::int64_t head, const Take& take) {
    const std::int64_t tokens = input.q_HTE.size(1), shared = input.q_HTE.size(0) / input.k_GTE.size(0);
    const at::Tensor q_TE = input.q_HTE.select(0, head).to(at::kFloat);
    const at::Tensor k_TE = input.k_GTE.select(0, head / shared).to(at::kFloat);
    const std::int64_t rows = std::clamp<std::int64_t>(kBlockScores / tokens, 1, tokens);
    for (std::int64_t begin = 0; begin < tokens; begin += rows) {
        const std::int64_t end = std::min(begin + rows, tokens);
        const std::int64_t n_keys = input.reach.end(end - 1, tokens);
        const at::Tensor forbidden_QK =
            allowed_keys_QK(input.reach, begin, end - begin, 0, n_keys, q_TE.options()).logical_not();
        const at::Tensor scores_QK =
            at::matmul(q_TE.slice(0, begin, end), k_TE.slice(0, 0, n_keys).t()).mul(input.scale);
        cap_softly(scores_QK, input.softcap);
        take(begin, end, scores_QK.masked_fill(forbidden_QK, -std::numeric_limits<double>::infinity()).unsqueeze(0));
    }
}

// Rows [begin, end) of a [tokens, tokens] vector from a [Q, K] tensor; the rest of each row stays 0.
template <typename Value, typename Stored>
void put_rows(const at::Tensor& rows_QK, std::int64_t begin, std::int64_t tokens, std::vector<Stored>& out) {
    const at::Tensor host_QK = rows_QK.cpu().contiguous();
    for (std::int64_t row = 0; row < host_QK.size(0); ++row)
        std::copy_n(host_QK.const_data_ptr<Value>() + row * host_QK.size(1), host_QK.size(1),
                    out.begin() + (begin + row) * tokens);
}

}  // namespace

void KeepingRecorder::begin_window(std::int64_t window, std::span<const std::int32_t> ids) {
    window_ = {window, static_cast<std::int64_t>(ids.size()), {ids.begin(), ids.end()}, {}};
}

void KeepingRecorder::on_layer(const LayerInput& input) {
    if (layer_ && *layer_ != input.layer) return;
    LayerInput kept = input;
    kept.q_HTE = input.q_HTE.clone();
    kept.k_GTE = input.k_GTE.clone();
    kept.v_GTE = at::Tensor();
    kept.x_TD = keep_x_ ? input.x_TD.clone() : at::Tensor();
    window_.layers[input.layer] = kept;
}

std::shared_ptr<const LayerFindings> KeepingRecorder::findings(std::int64_t layer) const {
    return std::make_shared<LayerFound>(window_.layers.at(layer));
}

// A layer that no term touches is the dense pass's, kept without x, which nobody will ask for.
void KeepingRecorder::take(std::int64_t layer, const LayerFindings& found) {
    window_.layers[layer] = static_cast<const LayerFound&>(found).input;
}

std::vector<float> head_pattern(const KeptWindow& kept, std::int64_t layer, std::int64_t head) {
    const c10::InferenceMode inference;
    std::vector<float> out(static_cast<std::size_t>(kept.tokens * kept.tokens), 0.0f);
    for_head_blocks(kept.layers.at(layer), head, [&](std::int64_t begin, std::int64_t, const at::Tensor& scores_1QK) {
        put_rows<float>(at::softmax(scores_1QK.select(0, 0), -1), begin, kept.tokens, out);
    });
    return out;
}

std::vector<std::uint8_t> head_keys(const KeptWindow& kept, const GateSpec& gate, std::int64_t nominal_window,
                                    std::int64_t layer, std::int64_t head) {
    const c10::InferenceMode inference;
    const LayerInput& input = kept.layers.at(layer);
    const GateTerm* term = gate.term_for(layer, head);
    // What keeps no set keeps all keys, and may need more of the layer than is kept here.
    GateRun run(term != nullptr && gate_info(term->id).traits.hard ? gate : GateSpec{});
    run.prepare(input, {.window = kept.window, .nominal_window = nominal_window, .step = 0, .ids = kept.ids});
    std::vector<std::uint8_t> out(static_cast<std::size_t>(kept.tokens * kept.tokens), 0);
    for_head_blocks(input, head, [&](std::int64_t begin, std::int64_t end, const at::Tensor& scores_1QK) {
        const GatedBlock block = run.apply({begin, end, scores_1QK, head});
        const at::Tensor keep_QK = block.keep_HQK.defined()
                                       ? block.keep_HQK.select(0, 0)
                                       : scores_1QK.select(0, 0).gt(-std::numeric_limits<float>::infinity());
        put_rows<bool>(keep_QK, begin, kept.tokens, out);
    });
    return out;
}

}  // namespace gatescope
