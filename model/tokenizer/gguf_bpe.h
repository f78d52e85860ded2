#pragma once
// A GGUF file's byte-level BPE as stages.

#include "model/tokenizer/bpe_vocab.h"
#include "model/tokenizer/pipeline_tokenizer.h"

namespace gatescope {

// Throws Failure(kUnsupported) when vocab.pre is unknown.
PipelineParts byte_level_parts(const BpeVocab& vocab);

}  // namespace gatescope
