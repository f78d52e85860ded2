#pragma once
// What the tokenizer fuzzer does with bytes, and what the replay test repeats.

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "model/core/error.h"
#include "model/tokenizer/gguf_tokenizer.h"

namespace gatescope {

// `bytes`: metadata as JSON, then, after a newline, a text; the text is made UTF-8, encoded and decoded. Any outcome
// but a Failure is a bug.
inline void tokenize_hostile(std::string_view bytes) {
    const std::size_t line = bytes.find('\n');
    const nlohmann::json metadata = nlohmann::json::parse(bytes.substr(0, line), nullptr, false);
    if (!metadata.is_object()) return;
    const std::string text =
        line == std::string_view::npos ? std::string() : replace_invalid_utf8(bytes.substr(line + 1));
    try {
        const PipelineTokenizer tokenizer(make_gguf_tokenizer(metadata));
        tokenizer.decode(tokenizer.encode(text, 0, nullptr));
    } catch (const Failure&) {
    }
}

}  // namespace gatescope
