#pragma once
// What the SentencePiece fuzzer does with bytes, and what the replay test repeats.

#include <string>
#include <string_view>

#include "model/core/error.h"
#include "model/tokenizer/pipeline_tokenizer.h"
#include "model/tokenizer/sentencepiece/sentencepiece_tokenizer.h"

namespace gatescope {

// `bytes`: a tokenizer.model. By everybody's rules it cuts a text, made of its own bytes and a few words, and puts it
// together again. Any outcome but a Failure is a bug.
inline void read_hostile_sentencepiece(std::string_view bytes) {
    const std::string text = replace_invalid_utf8(bytes.substr(0, 512)) + "  abc bcd  <b> é你\U0001F600\n ";
    for (const SentencePieceRules rules :
         {SentencePieceRules::kAsTheFileSays, SentencePieceRules::kLlama, SentencePieceRules::kGemma}) {
        try {
            const PipelineTokenizer tokenizer(sentencepiece_parts(read_sentencepiece(bytes), {rules}));
            tokenizer.decode(tokenizer.encode(text, 0, nullptr));
        } catch (const Failure&) {
        }
    }
}

}  // namespace gatescope
