#include "model/tokenizer/sentencepiece/sentencepiece_normalizer.h"

#include <string_view>

#include "model/tokenizer/utf8.h"

namespace gatescope {
namespace {

class PrefixSink : public PieceSink {
  public:
    PrefixSink(const std::string& prefix, PieceSink& next) : prefix_(prefix), next_(next) {}

    bool take(const Piece& piece) override {
        if (!piece.first) return next_.take(piece);
        prefixed_.assign(prefix_).append(piece.text);
        return next_.take({prefixed_, true});
    }

  private:
    const std::string& prefix_;
    PieceSink& next_;
    std::string prefixed_;
};

}  // namespace

std::string spelled_space(const SentencePieceFile& model) {
    return model.escape_whitespaces ? "\u2581" : " ";
}

std::unique_ptr<PieceSink> DummyPrefix::open(PieceSink& next) const {
    return std::make_unique<PrefixSink>(prefix_, next);
}

SentencePieceNormalizer::SentencePieceNormalizer(const SentencePieceFile& model)
    : charsmap_(model.precompiled_charsmap), space_(spelled_space(model)), collapses_(model.remove_extra_whitespaces) {}

void SentencePieceNormalizer::apply(std::string& text) const {
    std::string out;
    out.reserve(text.size());
    bool after_space = collapses_;  // a space here would be an extra one
    const auto add = [&](std::string_view part) {
        while (after_space && part.starts_with(' ')) part.remove_prefix(1);
        if (part.empty()) return;
        for (const char byte : part) {
            if (byte == ' ')
                out += space_;
            else
                out += byte;
        }
        after_space = collapses_ && part.ends_with(' ');
    };
    for (std::string_view rest = text; !rest.empty();) {
        const Charsmap::Match match = charsmap_.longest(rest);
        const std::size_t length = match.length > 0 ? match.length : utf8_step(rest, 0).length;
        add(match.length > 0 ? match.becomes : rest.substr(0, length));
        rest.remove_prefix(length);
    }
    while (collapses_ && out.ends_with(space_)) out.resize(out.size() - space_.size());
    text = std::move(out);
}

}  // namespace gatescope
