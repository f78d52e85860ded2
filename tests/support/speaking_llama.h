#pragma once
// A tiny_llama() with a vocabulary of its own, so that texts run on it.

#include "tests/support/tiny_llama.h"

namespace gatescope {

// d_vocab is the vocabulary's.
GgufBuilder speaking_llama(TinyLlama model);

}  // namespace gatescope
