#pragma once
// A SentencePiece model as its file says (sentencepiece_model.proto, tokenizer.model), whatever reads it afterwards.
// GGUF files of the kind "llama" carry the same pieces.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gatescope {

enum class PieceType { kNormal = 1, kUnknown = 2, kControl = 3, kUserDefined = 4, kUnused = 5, kByte = 6 };

struct SentencePieceFile {
    enum class ModelType { kUnigram = 1, kBpe = 2, kWord = 3, kChar = 4 };

    // By id, all three of the same length.
    std::vector<std::string> pieces;  // valid UTF-8, not empty; a space is U+2581
    std::vector<float> scores;        // finite
    std::vector<PieceType> types;

    ModelType model_type = ModelType::kUnigram;
    bool byte_fallback = false;            // characters that are no piece become "<0x41>" pieces
    bool space_is_suffix = false;          // treat_whitespace_as_suffix
    std::int32_t unknown = 0;              // unk_id; within the pieces
    std::int32_t bos = 1, eos = 2;         // -1: none
    std::string precompiled_charsmap;      // empty: characters stay as they are
    bool add_dummy_prefix = true;          // a space in front of the text
    bool remove_extra_whitespaces = true;  // runs of spaces become one, those at the ends go
    bool escape_whitespaces = true;        // a space is spelled U+2581
};

// Reads a model from `bytes`. Throws Failure(kBadFile) naming the piece or field, and kUnsupported for more pieces or
// longer ones than any real model has.
SentencePieceFile read_sentencepiece(std::string_view bytes);

}  // namespace gatescope
