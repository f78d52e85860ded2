#include "model/tokenizer/post_processors/post_processors.h"

#include "model/tokenizer/stage_kinds.h"

namespace gatescope {

// One function for each kind, in files of their own.
void add_byte_level(const StageJson& stage, TextEnds& ends);
void add_encoder_ends(const StageJson& stage, TextEnds& ends);
void add_sequence(const StageJson& stage, TextEnds& ends);
void add_template(const StageJson& stage, TextEnds& ends);

const std::vector<PostProcessorKind>& post_processor_kinds() {
    static const std::vector<PostProcessorKind> kKinds = {
        {"BertProcessing", add_encoder_ends},    {"ByteLevel", add_byte_level},
        {"RobertaProcessing", add_encoder_ends}, {"Sequence", add_sequence},
        {"TemplateProcessing", add_template},
    };
    return kKinds;
}

void add_post_processor(const StageJson& stage, TextEnds& ends) {
    kind_of(post_processor_kinds(), stage, "post-processor").add(stage, ends);
}

}  // namespace gatescope
