#pragma once
// Second stage of a tokenizer: cuts a normalised stretch into the pieces that the model never looks across. Stages are
// chained by handing on: each opens a sink that is given pieces and gives smaller ones to the next stage's; the last
// one's next is the model. So no list of pieces is ever held.

#include <memory>
#include <string_view>

namespace gatescope {

struct Piece {
    std::string_view text;  // UTF-8, not empty; alive only while it is handed over
    bool first = false;     // begins where the whole text begins
};

class PieceSink {
  public:
    virtual ~PieceSink() = default;
    // False: enough was seen, no more pieces are wanted.
    virtual bool take(const Piece& piece) = 0;
};

class PreTokenizer {
  public:
    virtual ~PreTokenizer() = default;
    // A sink for one thread. The pre-tokenizer and `next` outlive it. Empty pieces are not handed on.
    virtual std::unique_ptr<PieceSink> open(PieceSink& next) const = 0;

    // True when the pieces handed on are spelled in GPT-2's byte alphabet, and can be left as they are for a model that
    // takes raw bytes: leave_bytes_raw(), once and before the first open().
    virtual bool spells_bytes() const { return false; }
    virtual void leave_bytes_raw() {}
};

}  // namespace gatescope
