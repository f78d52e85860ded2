#include "model/tokenizer/decoders/decoders.h"

#include "model/tokenizer/stage_kinds.h"

namespace gatescope {

// One function for each kind, in a file of its own.
std::unique_ptr<Decoder> make_bpe_suffix_decoder(const StageJson& stage);
std::unique_ptr<Decoder> make_byte_fallback_decoder(const StageJson& stage);
std::unique_ptr<Decoder> make_byte_level_decoder(const StageJson& stage);
std::unique_ptr<Decoder> make_fuse_decoder(const StageJson& stage);
std::unique_ptr<Decoder> make_metaspace_decoder(const StageJson& stage);
std::unique_ptr<Decoder> make_replace_decoder(const StageJson& stage);
std::unique_ptr<Decoder> make_sequence_decoder(const StageJson& stage);
std::unique_ptr<Decoder> make_strip_decoder(const StageJson& stage);
std::unique_ptr<Decoder> make_word_piece_decoder(const StageJson& stage);

const std::vector<DecoderKind>& decoder_kinds() {
    static const std::vector<DecoderKind> kKinds = {
        {"BPEDecoder", make_bpe_suffix_decoder}, {"ByteFallback", make_byte_fallback_decoder},
        {"ByteLevel", make_byte_level_decoder},  {"Fuse", make_fuse_decoder},
        {"Metaspace", make_metaspace_decoder},   {"Replace", make_replace_decoder},
        {"Sequence", make_sequence_decoder},     {"Strip", make_strip_decoder},
        {"WordPiece", make_word_piece_decoder},
    };
    return kKinds;
}

std::unique_ptr<Decoder> make_decoder(const StageJson& stage) {
    return kind_of(decoder_kinds(), stage, "decoder").make(stage);
}

}  // namespace gatescope
