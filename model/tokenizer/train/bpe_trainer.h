#pragma once
// Makes a byte-level BPE from texts: GPT-2's way of cutting, every byte a token, then the pair of neighbours that is
// most frequent becomes a token, again and again. Equal to BpeTrainer of the `tokenizers` package with the byte
// alphabet as initial_alphabet and <|endoftext|> as special token: of pairs that are equally frequent the one of lower
// ids comes first.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/core/job_context.h"

namespace gatescope {

inline constexpr char kEndOfText[] = "<|endoftext|>";
// <|endoftext|> and the 256 bytes: the smallest vocabulary there is.
inline constexpr std::int64_t kSmallestBpe = 257;

struct TrainedBpe {
    // By id: <|endoftext|>, the bytes in the order of their characters in GPT-2's byte alphabet, then what was merged.
    std::vector<std::string> vocabulary;
    std::vector<std::pair<std::string, std::string>> merges;  // by rank
};

// `size` counts all tokens. The same whatever the machine and the order of `documents`, which must be valid UTF-8; no
// pair reaches across two of them. Throws Failure(kUsage) where the texts give fewer tokens, saying how many, and for
// sizes below kSmallestBpe; Cancelled.
TrainedBpe train_bpe(std::span<const std::string_view> documents, std::int64_t size, JobContext& job);

}  // namespace gatescope
