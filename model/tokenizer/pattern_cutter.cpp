#include "model/tokenizer/pattern_cutter.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <limits>

#include "model/core/error.h"
#include "model/core/registry.h"
#include "model/tokenizer/pre_tokenizer_patterns.h"

namespace gatescope {
namespace {

template <auto Free>
struct FreeBy {
    template <typename T>
    void operator()(T* what) const {
        Free(what);
    }
};

[[noreturn]] void fail(int code, const std::string& doing) {
    PCRE2_UCHAR message[256] = "unknown error";
    pcre2_get_error_message(code, message, sizeof message);
    throw Failure(FailureKind::kInternal, doing + ": " + reinterpret_cast<const char*>(message), "pre-tokenizer");
}

}  // namespace

struct PatternCutter::Compiled {
    std::unique_ptr<pcre2_code, FreeBy<&pcre2_code_free>> code;
};

struct PatternCutter::Cursor::State {
    const pcre2_code* code = nullptr;
    std::unique_ptr<pcre2_match_data, FreeBy<&pcre2_match_data_free>> match;
    std::unique_ptr<pcre2_match_context, FreeBy<&pcre2_match_context_free>> context;
    std::string_view text;
    std::size_t at = 0;
};

PatternCutter::PatternCutter(const std::string& id) {
    const std::string& pattern =
        find_entry(pre_tokenizer_patterns(), id, "pre-tokenizer", FailureKind::kUnsupported).pattern;
    int error = 0;
    std::size_t offset = 0;
    auto compiled = std::make_unique<Compiled>();
    compiled->code.reset(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()), pattern.size(),
                                       PCRE2_UTF | PCRE2_UCP | PCRE2_ANCHORED, &error, &offset, nullptr));
    if (!compiled->code) fail(error, "the pattern of \"" + id + "\" at " + std::to_string(offset));
    // Where PCRE2 was built without a JIT compiler this changes nothing, and matching is interpreted.
    pcre2_jit_compile(compiled->code.get(), PCRE2_JIT_COMPLETE);
    compiled_ = std::move(compiled);
}

PatternCutter::~PatternCutter() = default;

PatternCutter::Cursor::Cursor(const PatternCutter& cutter) : state_(std::make_unique<State>()) {
    state_->code = cutter.compiled_->code.get();
    state_->match.reset(pcre2_match_data_create(1, nullptr));
    state_->context.reset(pcre2_match_context_create(nullptr));
    if (!state_->match || !state_->context) throw Failure(FailureKind::kResource, "out of memory", "pre-tokenizer");
    // Stepping back through a run of spaces counts, and runs may be as long as a text: the default is ten million.
    pcre2_set_match_limit(state_->context.get(), std::numeric_limits<std::uint32_t>::max());
}

PatternCutter::Cursor::~Cursor() = default;

void PatternCutter::Cursor::begin(std::string_view text) {
    state_->text = text;
    state_->at = 0;
}

std::string_view PatternCutter::Cursor::next() {
    const std::string_view text = state_->text;
    const std::size_t from = state_->at;
    if (from >= text.size()) return {};
    const int found = pcre2_match(state_->code, reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), from,
                                  PCRE2_NO_UTF_CHECK, state_->match.get(), state_->context.get());
    if (found < 0) fail(found, "no piece at byte " + std::to_string(from));
    state_->at = pcre2_get_ovector_pointer(state_->match.get())[1];
    return text.substr(from, state_->at - from);
}

}  // namespace gatescope
