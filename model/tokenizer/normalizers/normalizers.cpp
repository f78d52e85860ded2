#include "model/tokenizer/normalizers/normalizers.h"

#include "model/tokenizer/stage_kinds.h"

namespace gatescope {

// One function for each kind, in a file of its own.
std::unique_ptr<Normalizer> make_bert_normalizer(const StageJson& stage);
std::unique_ptr<Normalizer> make_byte_level_normalizer(const StageJson& stage);
std::unique_ptr<Normalizer> make_lowercase_normalizer(const StageJson& stage);
std::unique_ptr<Normalizer> make_nfc_normalizer(const StageJson& stage);
std::unique_ptr<Normalizer> make_nfd_normalizer(const StageJson& stage);
std::unique_ptr<Normalizer> make_nfkc_normalizer(const StageJson& stage);
std::unique_ptr<Normalizer> make_nfkd_normalizer(const StageJson& stage);
std::unique_ptr<Normalizer> make_prepend_normalizer(const StageJson& stage);
std::unique_ptr<Normalizer> make_replace_normalizer(const StageJson& stage);
std::unique_ptr<Normalizer> make_sequence_normalizer(const StageJson& stage);
std::unique_ptr<Normalizer> make_strip_accents_normalizer(const StageJson& stage);
std::unique_ptr<Normalizer> make_strip_normalizer(const StageJson& stage);

const std::vector<NormalizerKind>& normalizer_kinds() {
    static const std::vector<NormalizerKind> kKinds = {
        {"BertNormalizer", make_bert_normalizer},
        {"ByteLevel", make_byte_level_normalizer},
        {"Lowercase", make_lowercase_normalizer},
        {"NFC", make_nfc_normalizer},
        {"NFD", make_nfd_normalizer},
        {"NFKC", make_nfkc_normalizer},
        {"NFKD", make_nfkd_normalizer},
        {"Prepend", make_prepend_normalizer},
        {"Replace", make_replace_normalizer},
        {"Sequence", make_sequence_normalizer},
        {"Strip", make_strip_normalizer},
        {"StripAccents", make_strip_accents_normalizer},
    };
    return kKinds;
}

std::unique_ptr<Normalizer> make_normalizer(const StageJson& stage) {
    return kind_of(normalizer_kinds(), stage, "normalizer").make(stage);
}

}  // namespace gatescope
