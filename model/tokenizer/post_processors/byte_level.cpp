// ByteLevel: only offsets change, and those aren't kept.

#include "model/tokenizer/post_processors/post_processors.h"

namespace gatescope {

void add_byte_level(const StageJson&, TextEnds&) {}

}  // namespace gatescope
