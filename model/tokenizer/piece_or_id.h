#pragma once

#include <cstdint>
#include <string>

namespace gatescope {

class Tokenizer;

// The bytes of an id, or the id itself as text where there is no tokenizer, or it doesn't have the id: a model may have
// more of them, to round its vocabulary up.
std::string piece_or_id(const Tokenizer* tokenizer, std::int32_t id);

}  // namespace gatescope
