#include "model/tokenizer/pre_tokenizers/pre_tokenizers.h"

#include "model/tokenizer/stage_kinds.h"

namespace gatescope {

// One function for each kind, in a file of its own.
std::unique_ptr<PreTokenizer> make_bert_pre_tokenizer(const StageJson& stage);
std::unique_ptr<PreTokenizer> make_byte_level_pre_tokenizer(const StageJson& stage);
std::unique_ptr<PreTokenizer> make_digits_pre_tokenizer(const StageJson& stage);
std::unique_ptr<PreTokenizer> make_metaspace_pre_tokenizer(const StageJson& stage);
std::unique_ptr<PreTokenizer> make_punctuation_pre_tokenizer(const StageJson& stage);
std::unique_ptr<PreTokenizer> make_sequence_pre_tokenizer(const StageJson& stage);
std::unique_ptr<PreTokenizer> make_split_pre_tokenizer(const StageJson& stage);
std::unique_ptr<PreTokenizer> make_whitespace_pre_tokenizer(const StageJson& stage);
std::unique_ptr<PreTokenizer> make_whitespace_split_pre_tokenizer(const StageJson& stage);

const std::vector<PreTokenizerKind>& pre_tokenizer_kinds() {
    static const std::vector<PreTokenizerKind> kKinds = {
        {"BertPreTokenizer", make_bert_pre_tokenizer},
        {"ByteLevel", make_byte_level_pre_tokenizer},
        {"Digits", make_digits_pre_tokenizer},
        {"Metaspace", make_metaspace_pre_tokenizer},
        {"Punctuation", make_punctuation_pre_tokenizer},
        {"Sequence", make_sequence_pre_tokenizer},
        {"Split", make_split_pre_tokenizer},
        {"Whitespace", make_whitespace_pre_tokenizer},
        {"WhitespaceSplit", make_whitespace_split_pre_tokenizer},
    };
    return kKinds;
}

std::unique_ptr<PreTokenizer> make_pre_tokenizer(const StageJson& stage) {
    return kind_of(pre_tokenizer_kinds(), stage, "pre-tokenizer").make(stage);
}

}  // namespace gatescope
