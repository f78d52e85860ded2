#pragma once
// BPE over the characters of a piece, with what the tokenizers package does about characters that are no token: their
// bytes (<0x0A>), the unknown token, or nothing.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/tokenizer/bpe_merger.h"
#include "model/tokenizer/models/bpe_cutter.h"
#include "model/tokenizer/token_model.h"
#include "model/tokenizer/vocabulary.h"

namespace gatescope {

struct CharacterBpeOptions {
    std::string unknown;        // the unknown token; empty: such a character is left out
    bool fuse_unknown = false;  // a run of such characters is one token
    bool byte_fallback = false;
    bool ignore_merges = false;  // a piece that is a token is that token whatever the merges say
    std::string prefix, suffix;  // of all characters but a piece's first, of its last: as the tokens spell them
};

class CharacterBpe : public TokenModel {
  public:
    CharacterBpe(std::shared_ptr<const Vocabulary> vocabulary, const std::vector<BpeMerge>& merges,
                 CharacterBpeOptions options);

    // Throws Failure(kUnsupported) where a text needs an unknown token that the vocabulary lacks.
    std::unique_ptr<Worker> open(JobContext* job) const override;
    const PreTokenizer* cutter() const override { return cutter_.get(); }

  private:
    class CharacterWorker;

    std::shared_ptr<const Vocabulary> vocabulary_;
    CharacterBpeOptions options_;
    BpeMerger merger_;
    std::optional<std::int32_t> unknown_;
    std::vector<std::int32_t> byte_ids_;  // [256] of the fallback, -1 where there is none
    std::unique_ptr<BpeCutter> cutter_;
};

}  // namespace gatescope
