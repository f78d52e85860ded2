#pragma once
// The stages around a SentencePiece vocabulary that have to do with spaces, spelled U+2581 in its pieces.

#include <memory>

#include "model/tokenizer/decoder.h"
#include "model/tokenizer/normalizer.h"
#include "model/tokenizer/pre_tokenizer.h"

namespace gatescope {

// Spells spaces; with `prefix` a further one stands in front of every stretch of text.
std::unique_ptr<Normalizer> make_space_normalizer(bool prefix);

// transformers' Metaspace of LlamaTokenizer: spells spaces, and puts one where none is in front of the text ("first"),
// of every stretch ("always"), or nowhere ("never").
std::unique_ptr<PreTokenizer> make_metaspace(const char* prepend_scheme);

// Pieces and byte pieces back to text; with `prefix` without the space in front.
std::unique_ptr<Decoder> make_space_decoder(bool prefix);

}  // namespace gatescope
