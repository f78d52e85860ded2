#pragma once
// BERT's tokenizer as its folders ship it: vocab.txt, one token a line, with tokenizer_config.json beside it.

#include <filesystem>
#include <memory>

#include "model/tokenizer/tokenizer.h"

namespace gatescope {

// Settings as transformers' BertTokenizer has them (do_lower_case, tokenize_chinese_chars, strip_accents, cls_token,
// ...). Throws Failure naming the file.
std::unique_ptr<Tokenizer> open_bert_folder(const std::filesystem::path& folder);

}  // namespace gatescope
