#include "model/tokenizer/normalizers/normalizers.h"

#include "model/tokenizer/stage_kinds.h"

namespace gatescope {

// One function for each kind, in a file of its own.
std::unique_ptr<Normalizer> make_bert_normalizer(const StageJson& stage);
std::unique_ptr<Normalizer> make_sequence_normalizer(const StageJson& stage);

const std::vector<NormalizerKind>& normalizer_kinds() {
    static const std::vector<NormalizerKind> kKinds = {
        {"BertNormalizer", make_bert_normalizer},
        {"Sequence", make_sequence_normalizer},
    };
    return kKinds;
}

std::unique_ptr<Normalizer> make_normalizer(const StageJson& stage) {
    return kind_of(normalizer_kinds(), stage, "normalizer").make(stage);
}

}  // namespace gatescope
