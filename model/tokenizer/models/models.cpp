#include "model/tokenizer/models/models.h"

#include "model/tokenizer/stage_kinds.h"

namespace gatescope {

// One function for each kind, in a file of its own.
ModelStage make_bpe(const StageJson& stage, bool byte_level);
ModelStage make_word_piece_model(const StageJson& stage, bool byte_level);

const std::vector<ModelKind>& model_kinds() {
    static const std::vector<ModelKind> kKinds = {
        {"BPE", make_bpe},
        {"WordPiece", make_word_piece_model},
    };
    return kKinds;
}

ModelStage make_model(const StageJson& stage, bool byte_level) {
    // Files from before the model had a type: BPE has merges, WordPiece a longest word.
    if (!stage.has("type") && stage.has("merges")) return make_bpe(stage, byte_level);
    if (!stage.has("type") && stage.has("max_input_chars_per_word")) return make_word_piece_model(stage, byte_level);
    return kind_of(model_kinds(), stage, "tokenizer model").make(stage, byte_level);
}

}  // namespace gatescope
