#pragma once
// A tokenizer as the files of a Hugging Face folder: what is put beside weights that are written, so that transformers
// and this program read equal ids from there.

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "model/tokenizer/tokenizer.h"
#include "model/tokenizer/train/bpe_trainer.h"

namespace gatescope {

struct TokenizerFiles {
    std::map<std::string, std::string> files;  // contents by name: "tokenizer.json"

    // Of all names and contents.
    std::string sha256() const;
};

// tokenizer.json and tokenizer_config.json.
TokenizerFiles files_of(const TrainedBpe& bpe);
// Of a folder: its tokenizer's files, byte by byte. Of a GGUF with a byte-level BPE: tokenizer.json and
// tokenizer_config.json made from its vocabulary. Cheap: a run may begin with it. Throws Failure(kUnsupported) for a
// tokenizer that can't be written so, kNotFound where there is none.
TokenizerFiles files_of(const CheckpointReader& checkpoint);

// The tokenizer that a folder with these files has. Throws Failure with `where` in front.
std::unique_ptr<Tokenizer> make_tokenizer(const TokenizerFiles& files, const std::string& where);

// The id that stands between two texts: of the first of <|endoftext|>, <|end_of_text|>, </s>, <eos>, <|eot|> that is
// one token. Nothing where there is none.
std::optional<std::int32_t> end_of_text_id(const Tokenizer& tokenizer);

}  // namespace gatescope
