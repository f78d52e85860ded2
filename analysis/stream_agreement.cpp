#include "analysis/stream_agreement.h"

namespace gatescope {

void StreamAgreement::begin_window(std::int64_t window, std::span<const std::int32_t> ids) {
    window_ = window;
    ids_ = ids;
    agreement_.begin_window(window, ids);
}

void StreamAgreement::on_layer(const LayerInput& input) {
    if (run_.touches(input.layer)) run_.prepare(input, {window_, nominal_, 0, ids_});
}

void StreamAgreement::on_block(const PatternBlock& block) {
    PatternBlock gated = block;
    gated.keep_HQK = run_.apply({block.query_begin, block.query_end, block.scores_HQK}).keep_HQK;
    agreement_.on_block(gated);
}

}  // namespace gatescope
