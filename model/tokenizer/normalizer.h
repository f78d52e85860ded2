#pragma once
// First stage of a tokenizer: rewrites the stretches of text between the added tokens before they are cut.

#include <string>

namespace gatescope {

class Normalizer {
  public:
    virtual ~Normalizer() = default;
    // Rewrites one whole stretch, valid UTF-8 before and after. May be asked from any thread.
    virtual void apply(std::string& text) const = 0;
};

}  // namespace gatescope
