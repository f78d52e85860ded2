#pragma once
// What is asked of JSON that people write. No torch.

#include <string>

namespace gatescope {

// Of a key that is there twice, JSON readers take the first or the last: which one was meant is not ours to guess.
// `text` was parsed before. Throws Failure(kBadFile) naming the key.
void refuse_repeated_keys(const std::string& text);

}  // namespace gatescope
