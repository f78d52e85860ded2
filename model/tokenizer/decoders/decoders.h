#pragma once
// The kinds of decoder that a tokenizer.json may name. A new kind is one file and one line in decoders.cpp.

#include <memory>
#include <vector>

#include "model/tokenizer/decoder.h"
#include "model/tokenizer/stage_json.h"

namespace gatescope {

struct DecoderKind {
    const char* id;  // "type" in the file
    std::unique_ptr<Decoder> (*make)(const StageJson& stage);
};

// Every known kind, in the order in which messages list them.
const std::vector<DecoderKind>& decoder_kinds();

// What all byte-level vocabularies need, from whichever file.
std::unique_ptr<Decoder> make_byte_level_decoder();

// The stage that `stage` describes. Throws Failure: kUnsupported listing the known kinds, kBadFile naming the field.
std::unique_ptr<Decoder> make_decoder(const StageJson& stage);

}  // namespace gatescope
