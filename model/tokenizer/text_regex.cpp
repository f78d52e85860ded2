#include "model/tokenizer/text_regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <limits>

#include "model/core/error.h"
#include "model/tokenizer/utf8.h"

namespace gatescope {
namespace {

constexpr std::size_t kSmallestStack = std::size_t{32} << 10U, kLargestStack = std::size_t{64} << 20U;  // bytes

template <auto Free>
struct FreeBy {
    template <typename T>
    void operator()(T* what) const {
        Free(what);
    }
};

std::string message_of(int code) {
    PCRE2_UCHAR message[256] = "unknown error";
    pcre2_get_error_message(code, message, sizeof message);
    return reinterpret_cast<const char*>(message);
}

}  // namespace

struct TextRegex::Compiled {
    std::unique_ptr<pcre2_code, FreeBy<&pcre2_code_free>> code;
};

struct TextRegex::Matcher::State {
    std::unique_ptr<pcre2_match_data, FreeBy<&pcre2_match_data_free>> match;
    std::unique_ptr<pcre2_match_context, FreeBy<&pcre2_match_context_free>> context;
    std::unique_ptr<pcre2_jit_stack, FreeBy<&pcre2_jit_stack_free>> stack;
};

TextRegex::TextRegex(const std::string& pattern, const std::string& where, RegexOptions options)
    : where_(where),
      match_limit_(options.match_limit == 0 ? std::numeric_limits<std::uint32_t>::max() : options.match_limit) {
    int error = 0;
    std::size_t offset = 0;
    const std::unique_ptr<pcre2_compile_context, FreeBy<&pcre2_compile_context_free>> context(
        pcre2_compile_context_create(nullptr));
    if (!context) throw Failure(FailureKind::kResource, "out of memory", where);
    pcre2_set_newline(context.get(), PCRE2_NEWLINE_LF);  // what . leaves out and $ stands before
    pcre2_set_bsr(context.get(), PCRE2_BSR_UNICODE);
    auto compiled = std::make_unique<Compiled>();
    const std::uint32_t flags =
        PCRE2_UTF | PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C | PCRE2_MULTILINE | (options.anchored ? PCRE2_ANCHORED : 0U);
    compiled->code.reset(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()), pattern.size(), flags, &error,
                                       &offset, context.get()));
    if (!compiled->code)
        throw Failure(FailureKind::kBadFile, "the pattern is broken at byte " + std::to_string(offset), where,
                      message_of(error));
    // Where PCRE2 was built without a JIT compiler this changes nothing, and matching is interpreted.
    pcre2_jit_compile(compiled->code.get(), PCRE2_JIT_COMPLETE);
    compiled_ = std::move(compiled);
}

TextRegex::~TextRegex() = default;
TextRegex::TextRegex(TextRegex&&) noexcept = default;
TextRegex& TextRegex::operator=(TextRegex&&) noexcept = default;

TextRegex::Matcher::Matcher(const TextRegex& regex) : regex_(&regex), state_(std::make_unique<State>()) {
    state_->match.reset(pcre2_match_data_create(1, nullptr));
    state_->context.reset(pcre2_match_context_create(nullptr));
    state_->stack.reset(pcre2_jit_stack_create(kSmallestStack, kLargestStack, nullptr));
    if (!state_->match || !state_->context) throw Failure(FailureKind::kResource, "out of memory", regex.where_);
    // Stepping back through a run of spaces counts, and runs may be as long as a text: the default is ten million.
    pcre2_set_match_limit(state_->context.get(), regex.match_limit_);
    // Without a JIT compiler there is no stack, and none is asked for.
    if (state_->stack) pcre2_jit_stack_assign(state_->context.get(), nullptr, state_->stack.get());
}

TextRegex::Matcher::~Matcher() = default;

std::optional<TextRegex::Span> TextRegex::Matcher::find(std::string_view text, std::size_t from) {
    const int found = pcre2_match(regex_->compiled_->code.get(), reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(),
                                  from, PCRE2_NO_UTF_CHECK, state_->match.get(), state_->context.get());
    if (found == PCRE2_ERROR_NOMATCH) return std::nullopt;
    if (found < 0)
        throw Failure(FailureKind::kUnsupported, "the pattern gives up on this text at byte " + std::to_string(from),
                      regex_->where_, message_of(found));
    const PCRE2_SIZE* const ends = pcre2_get_ovector_pointer(state_->match.get());
    if (ends[0] > ends[1] || ends[0] < from)  // \K in a lookahead
        throw Failure(FailureKind::kUnsupported, "the pattern matches backwards", regex_->where_);
    return Span{ends[0], ends[1]};
}

std::optional<TextRegex::Span> RegexWalk::next() {
    while (from_ <= text_.size()) {
        const auto found = matcher_->find(text_, from_);
        if (!found) break;
        if (found->begin != found->end || last_end_ != found->end) {
            last_end_ = from_ = found->end;
            return found;
        }
        from_ += from_ < text_.size() ? utf8_step(text_, from_).length : 1;
    }
    from_ = text_.size() + 1;
    return std::nullopt;
}

}  // namespace gatescope
