// Sequence: each puts its tokens around what the one before it left.

#include "model/tokenizer/post_processors/post_processors.h"

namespace gatescope {

void add_sequence(const StageJson& stage, TextEnds& ends) {
    for (const StageJson& step : stage.objects("processors")) add_post_processor(step, ends);
}

}  // namespace gatescope
