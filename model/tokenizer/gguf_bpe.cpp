#include "model/tokenizer/gguf_bpe.h"

#include "model/tokenizer/decoders/decoders.h"
#include "model/tokenizer/gguf_tokenizer.h"
#include "model/tokenizer/gguf_vocab.h"
#include "model/tokenizer/models/byte_level_bpe.h"
#include "model/tokenizer/pattern_cutter.h"

namespace gatescope {

PipelineParts byte_level_parts(const BpeVocab& vocab) {
    PipelineParts parts;
    parts.kind = "byte-level BPE";
    parts.vocabulary = std::make_shared<const Vocabulary>(vocab.tokens);
    // Of equal strings the last id counts, as everywhere in the vocabulary: the matcher takes the first.
    for (auto id = vocab.specials.rbegin(); id != vocab.specials.rend(); ++id)
        parts.added.push_back({.content = vocab.tokens[static_cast<std::size_t>(*id)], .id = *id, .special = true});
    parts.pre_tokenizer = std::make_unique<PatternCutter>(vocab.pre);
    parts.model = std::make_unique<ByteLevelBpe>(vocab.byte_ids, vocab.merges);
    parts.ends.bos_unless_there = vocab.bos;
    parts.decoder = make_byte_level_decoder();
    return parts;
}

PipelineParts make_gguf_bpe(const nlohmann::json& metadata) {
    return byte_level_parts(read_gguf_vocab(metadata));
}

}  // namespace gatescope
