#pragma once
// The kinds of post-processor that a tokenizer.json may name. A new kind is one file and one line in
// post_processors.cpp.

#include <vector>

#include "model/tokenizer/stage_json.h"
#include "model/tokenizer/text_ends.h"

namespace gatescope {

struct PostProcessorKind {
    const char* id;  // "type" in the file
    // Puts the stage's tokens around what is in `ends`. Ids are checked against the vocabulary by the caller.
    void (*add)(const StageJson& stage, TextEnds& ends);
};

// Every known kind, in the order in which messages list them.
const std::vector<PostProcessorKind>& post_processor_kinds();

// Throws Failure: kUnsupported listing the known kinds, kBadFile naming the field.
void add_post_processor(const StageJson& stage, TextEnds& ends);

}  // namespace gatescope
