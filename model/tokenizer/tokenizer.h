#pragma once
// Text to token ids and back, equal to the `tokenizers` package configured as the checkpoint says. Immutable: safe to
// use from any thread.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "model/core/job_context.h"

namespace gatescope {

class CheckpointReader;

class Tokenizer {
  public:
    virtual ~Tokenizer() = default;
    // Ids of a text, special strings parsed as special tokens, with ends() around them: a BOS only where the
    // tokenizer's own config adds one. `text` must be valid UTF-8 (check_utf8). Stops early once at least `at_least`
    // ids are known for certain (0: never): the ids returned are then a prefix of the whole text's ids. Throws
    // Cancelled through `job`.
    virtual std::vector<std::int32_t> encode(std::string_view text, std::size_t at_least = 0,
                                             JobContext* job = nullptr) const = 0;
    // The bytes of one id as text shows them: a leading space where the piece has one; may be no valid UTF-8 alone.
    virtual std::string piece(std::int32_t id) const = 0;
    // The bytes of a sequence of ids.
    virtual std::string decode(const std::vector<std::int32_t>& ids) const = 0;
    virtual std::size_t size() const = 0;  // vocabulary
    virtual std::string kind() const = 0;  // "BPE"
    // What encode() puts around a text: in front (a BOS, [CLS]) and at its end ([SEP], an EOS).
    struct Ends {
        std::vector<std::int32_t> front, back;
    };
    virtual Ends ends() const = 0;
};

// The tokenizer that a checkpoint carries. Throws Failure(kUnsupported, kBadFile, kNotFound).
std::unique_ptr<Tokenizer> make_tokenizer(const CheckpointReader& checkpoint);

// Throws Failure(kBadFile) naming `where` and the byte offset when `text` is not UTF-8.
void check_utf8(std::string_view text, const std::string& where);

// `bytes` with U+FFFD in place of what is no valid UTF-8, as Python's errors="replace" has it: one for each longest
// part that could have begun a sequence.
std::string replace_invalid_utf8(std::string_view bytes);

}  // namespace gatescope
