#pragma once
// Third stage of a tokenizer: one normalised piece to ids (BPE, WordPiece).

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "model/core/job_context.h"
#include "model/tokenizer/pre_tokenizer.h"

namespace gatescope {

class TokenModel {
  public:
    virtual ~TokenModel() = default;

    // Works on one text in one thread and holds the scratch space for it. The model outlives it.
    class Worker {
      public:
        virtual ~Worker() = default;
        // Appends the ids of `piece` to `ids` and leaves what is there alone. `piece` is one piece as the
        // pre-tokenizer handed it on: normalised, UTF-8, not empty, alive during the call only. The result must depend
        // on nothing but `piece`: the pipeline remembers it and answers for equal pieces itself.
        virtual void append_ids(std::string_view piece, std::vector<std::int32_t>& ids) = 0;
    };
    // Long pieces tick `job` (may be nullptr) and leave with Cancelled through it.
    virtual std::unique_ptr<Worker> open(JobContext* job) const = 0;

    // True when the pieces must be the text's own bytes although the tokens are spelled in GPT-2's byte alphabet: the
    // ByteLevel stage in front then doesn't spell them.
    virtual bool takes_raw_bytes() const { return false; }
    // Cuts a piece where the model never looks across anyway, so that smaller ones can be remembered; nullptr: nowhere.
    virtual const PreTokenizer* cutter() const { return nullptr; }
};

}  // namespace gatescope
