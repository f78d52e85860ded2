#pragma once
// What the fuzzer of tokenizer.json does with bytes, and what the replay test repeats.

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include "model/checkpoint/json_text.h"
#include "model/core/error.h"
#include "model/tokenizer/tokenizer_json.h"

namespace gatescope {

// `bytes`: a tokenizer.json on one line, then a text. Throws Failure where the file is refused.
inline PipelineTokenizer read_hostile_tokenizer(std::string_view bytes) {
    return PipelineTokenizer(read_tokenizer_json(parse_json(bytes.substr(0, bytes.find('\n'))), "tokenizer.json"));
}

// The text is made UTF-8, encoded and decoded, whole and in part. Any outcome but a Failure is a bug.
inline void tokenize_by_hostile_json(std::string_view bytes) {
    const std::size_t line = bytes.find('\n');
    const std::string text =
        line == std::string_view::npos ? std::string() : replace_invalid_utf8(bytes.substr(line + 1));
    try {
        const PipelineTokenizer tokenizer = read_hostile_tokenizer(bytes);
        const auto ids = tokenizer.encode(text, 0, nullptr);
        tokenizer.decode(ids);
        for (const std::int32_t id : ids) tokenizer.piece(id);
        const auto some = tokenizer.encode(text, ids.size() / 2 + 1, nullptr);
        if (some.size() > ids.size() || !std::equal(some.begin(), some.end(), ids.begin())) __builtin_trap();
    } catch (const Failure&) {
    }
}

}  // namespace gatescope
