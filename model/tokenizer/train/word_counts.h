#pragma once
// The pieces that texts are cut into before merging, each once, with how often it comes.

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "model/core/job_context.h"

namespace gatescope {

struct WordCount {
    std::string_view word;  // points into the texts
    std::int64_t count = 0;
};

// Cut as GPT-2 does. In the order of their first appearance. Progress in MB. Throws Cancelled.
std::vector<WordCount> count_words(std::span<const std::string_view> documents, JobContext& job);

}  // namespace gatescope
