#pragma once
// BERT's tokenizer as stages, whichever file its tokens come from.

#include <string>
#include <vector>

#include "model/tokenizer/normalizers/bert_normalizer.h"
#include "model/tokenizer/pipeline_tokenizer.h"

namespace gatescope {

struct BertOptions {
    BertNormalizerOptions normalizer;
    std::string unknown = "[UNK]", begins = "[CLS]", ends = "[SEP]";
    std::vector<std::string> others = {"[PAD]", "[MASK]"};  // special too, where they are tokens
};

// `tokens` by id as vocab.txt has them ("##ing" goes on within a word); of equal ones the last counts. Throws
// Failure(kBadFile) naming `where` and the special token that isn't among them.
PipelineParts bert_parts(std::vector<std::string> tokens, const BertOptions& options, const std::string& where);

}  // namespace gatescope
