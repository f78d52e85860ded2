#include "model/tokenizer/pre_tokenizer_patterns.h"

#include "model/core/error.h"
#include "model/tokenizer/regex_classes.h"

// Alternatives that begin with different characters stand in order of frequency. A run that ends its alternative is
// possessive: it can't match otherwise.
#define CONTRACTION "'(?:[stmd]|re|ve|ll)"

namespace gatescope {
namespace {

// OpenAI's gpt-2/src/encoder.py.
constexpr char kGpt2[] = " ?[" GATESCOPE_LETTER "]++|" CONTRACTION "| ?[" GATESCOPE_NUMBER
                         "]++| ?[^" GATESCOPE_SPACE GATESCOPE_LETTER GATESCOPE_NUMBER "]++|[" GATESCOPE_SPACE
                         "]+(?![^" GATESCOPE_SPACE "])|[" GATESCOPE_SPACE "]++";

// GPT-2's, each numeric character cut out first: what looks ahead from a run of spaces then ends at a digit.
constexpr char kSingleDigitsThenGpt2[] =
    " ?[" GATESCOPE_LETTER "]++|[" GATESCOPE_RUST_NUMERIC "]|" CONTRACTION
    "| ?[^" GATESCOPE_SPACE GATESCOPE_LETTER GATESCOPE_RUST_NUMERIC "]++|[" GATESCOPE_SPACE
    "]+(?![^" GATESCOPE_SPACE GATESCOPE_RUST_NUMERIC "])|[" GATESCOPE_SPACE "]++";

#define LLAMA3_WITH_NUMBERS(run)                                                                     \
    "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n" GATESCOPE_LETTER GATESCOPE_NUMBER "]?[" GATESCOPE_LETTER \
    "]++|[" GATESCOPE_NUMBER "]" run "| ?[^" GATESCOPE_SPACE GATESCOPE_LETTER GATESCOPE_NUMBER       \
    "]++[\\r\\n]*+|[" GATESCOPE_SPACE "]*[\\r\\n]++|[" GATESCOPE_SPACE "]+(?![^" GATESCOPE_SPACE     \
    "])|[" GATESCOPE_SPACE "]++"

// As tokenizer.json files spell them, the usual way first.
struct Spelled {
    std::string_view regex;
    const char* id;
};
#define TAIL R"( ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)"
constexpr Spelled kSpelled[] = {
    {R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)", "gpt-2"},
    {R"('(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)", "gpt-2"},
    {R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}|)" TAIL, "llama-bpe"},
    {R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}|)" TAIL, "qwen2"},
};
#undef TAIL

}  // namespace

const std::vector<PreTokenizerPattern>& pre_tokenizer_patterns() {
    static const std::vector<PreTokenizerPattern> kPatterns = {
        {"smollm", kSingleDigitsThenGpt2},
        {"starcoder", kSingleDigitsThenGpt2},
        {"refact", kSingleDigitsThenGpt2},
        {"command-r", kSingleDigitsThenGpt2},
        {"gpt-2", kGpt2},
        {"gpt2", kGpt2},
        {"default", kGpt2},
        {"mpt", kGpt2},
        {"olmo", kGpt2},
        {"llama-bpe", LLAMA3_WITH_NUMBERS("{1,3}+")},
        {"llama3", LLAMA3_WITH_NUMBERS("{1,3}+")},
        {"qwen2", LLAMA3_WITH_NUMBERS("")},
    };
    return kPatterns;
}

std::optional<std::string> known_pattern_of(std::string_view regex) {
    for (const Spelled& spelled : kSpelled)
        if (spelled.regex == regex) return spelled.id;
    return std::nullopt;
}

std::string regex_of(std::string_view id) {
    for (const Spelled& spelled : kSpelled)
        if (spelled.id == id) return std::string(spelled.regex);
    throw Failure(FailureKind::kUnsupported, "no tokenizer.json spells this way of cutting text", std::string(id));
}

}  // namespace gatescope
