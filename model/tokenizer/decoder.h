#pragma once
// Last stage of a tokenizer: token strings back to text.

#include <string>
#include <vector>

namespace gatescope {

class Decoder {
  public:
    virtual ~Decoder() = default;
    // Rewrites the tokens of a sequence, in order; joined after the last decoder they are the text. May change their
    // number.
    virtual void apply(std::vector<std::string>& tokens) const = 0;
    // One token as it stands inside a text, apart from its neighbours: what only happens at a text's ends is left out,
    // and the bytes need be no whole characters.
    virtual std::string piece(std::string token) const = 0;
};

}  // namespace gatescope
