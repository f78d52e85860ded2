#include "model/tokenizer/added_tokens.h"

#include <algorithm>
#include <utility>

#include "model/tokenizer/characters.h"
#include "model/tokenizer/utf8.h"

namespace gatescope {
namespace {

// The code point that ends at text[end], where `end` is above 0 and on a boundary, and where it begins.
char32_t code_point_before(std::string_view text, std::size_t end, std::size_t& begin) {
    begin = end - 1;
    while (begin > 0 && (static_cast<unsigned char>(text[begin]) & 0xC0U) == 0x80U) --begin;
    return utf8_decode(text, begin, end - begin);
}

char32_t code_point_at(std::string_view text, std::size_t at, std::size_t& end) {
    const Utf8Step step = utf8_step(text, at);
    end = at + step.length;
    return utf8_decode(text, at, step.length);
}

bool stands_alone(std::string_view text, std::size_t begin, std::size_t end) {
    std::size_t edge = 0;
    if (begin > 0 && is_word_character(code_point_before(text, begin, edge))) return false;
    return end == text.size() || !is_word_character(code_point_at(text, end, edge));
}

// Where the white space that ends at `begin` starts, not before `least`.
std::size_t skip_space_before(std::string_view text, std::size_t begin, std::size_t least) {
    for (std::size_t before = begin; begin > least; begin = before)
        if (!is_white_space(code_point_before(text, begin, before))) break;
    return begin;
}

std::size_t skip_space_behind(std::string_view text, std::size_t end) {
    for (std::size_t behind = end; end < text.size(); end = behind)
        if (!is_white_space(code_point_at(text, end, behind))) break;
    return end;
}

std::vector<AddedToken> spell(std::vector<AddedToken> tokens, const Normalizer* normalizer) {
    for (AddedToken& token : tokens) {
        token.spelled = token.content;
        if (token.normalized && normalizer) normalizer->apply(token.spelled);
    }
    return tokens;
}

}  // namespace

AddedTokens::AddedTokens(std::vector<AddedToken> tokens, const Normalizer* normalizer)
    : tokens_(spell(std::move(tokens), normalizer)), raw_(matcher_of(false)), normalized_(matcher_of(true)) {
    for (const AddedToken& token : tokens_) {
        by_id_[token.id] = &token;
        ids_end_ = std::max(ids_end_, static_cast<std::size_t>(token.id) + 1);
    }
}

// Special ones come first: of two that are spelled alike the first counts.
TextMatcher AddedTokens::matcher_of(bool normalized) const {
    std::vector<TextMatcher::Entry> entries;
    for (const bool special : {true, false})
        for (const AddedToken& token : tokens_)
            if (token.special == special && token.normalized == normalized && !token.spelled.empty())
                entries.push_back({token.spelled, token.id});
    return TextMatcher(std::move(entries));
}

const AddedToken* AddedTokens::find(std::int32_t id) const {
    const auto found = by_id_.find(id);
    return found == by_id_.end() ? nullptr : found->second;
}

AddedTokens::Cursor::Cursor(const AddedTokens& tokens, Where where, std::string_view text)
    : tokens_(&tokens), matcher_(where == Where::kRawText ? &tokens.raw_ : &tokens.normalized_), text_(text) {}

std::optional<AddedTokens::Part> AddedTokens::Cursor::next() {
    if (waiting_) return std::exchange(waiting_, std::nullopt);
    while (searched_ < text_.size())
        if (const std::size_t from = done_; advance()) {
            const auto begin = static_cast<std::size_t>(waiting_->text.data() - text_.data());
            if (from < begin) return Part{text_.substr(from, begin - from), nullptr};
            return std::exchange(waiting_, std::nullopt);
        }
    if (done_ >= text_.size()) return std::nullopt;
    return Part{text_.substr(std::exchange(done_, text_.size())), nullptr};
}

// Puts the next token into waiting_. False when what was found doesn't count, or nothing was.
bool AddedTokens::Cursor::advance() {
    const TextMatcher::Match match = matcher_->find(text_, searched_);
    if (match.id < 0) {
        searched_ = text_.size();
        return false;
    }
    std::size_t begin = match.begin, end = match.begin + match.length;
    searched_ = end;
    const AddedToken* const token = tokens_->find(match.id);
    if (token->single_word && !stands_alone(text_, begin, end)) return false;
    if (token->lstrip) begin = skip_space_before(text_, begin, std::min(done_, begin));
    if (token->rstrip) end = skip_space_behind(text_, end);
    waiting_ = Part{text_.substr(begin, end - begin), token};
    done_ = end;
    return true;
}

}  // namespace gatescope
