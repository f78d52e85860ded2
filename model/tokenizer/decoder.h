#pragma once
// Last stage of a tokenizer: token strings back to text. Stages are chained by handing on, as the pre-tokenizers are:
// no list of a text's tokens is ever held.

#include <memory>
#include <string>

namespace gatescope {

// Is given the tokens of a sequence in order; joined, what the last sink is given is the text.
class TokenSink {
  public:
    virtual ~TokenSink() = default;
    virtual void take(std::string token) = 0;
    virtual void finish() = 0;  // once, behind the last token
};

class Decoder {
  public:
    virtual ~Decoder() = default;
    // A sink for one sequence, which may change the number of tokens. The decoder and `next` outlive it.
    virtual std::unique_ptr<TokenSink> open(TokenSink& next) const = 0;
    // One token as it stands inside a text, apart from its neighbours: what only happens at a text's ends is left out,
    // and the bytes need be no whole characters.
    virtual std::string piece(std::string token) const = 0;
};

// What the stages' sinks have in common.
class DecoderSink : public TokenSink {
  public:
    explicit DecoderSink(TokenSink& next) : next_(next) {}
    void finish() override { next_.finish(); }

  protected:
    TokenSink& next() { return next_; }

  private:
    TokenSink& next_;
};

}  // namespace gatescope
