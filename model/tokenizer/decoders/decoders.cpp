#include "model/tokenizer/decoders/decoders.h"

#include "model/tokenizer/stage_kinds.h"

namespace gatescope {

// One function for each kind, in a file of its own.
std::unique_ptr<Decoder> make_word_piece_decoder(const StageJson& stage);
std::unique_ptr<Decoder> make_sequence_decoder(const StageJson& stage);

const std::vector<DecoderKind>& decoder_kinds() {
    static const std::vector<DecoderKind> kKinds = {
        {"Sequence", make_sequence_decoder},
        {"WordPiece", make_word_piece_decoder},
    };
    return kKinds;
}

std::unique_ptr<Decoder> make_decoder(const StageJson& stage) {
    return kind_of(decoder_kinds(), stage, "decoder").make(stage);
}

}  // namespace gatescope
