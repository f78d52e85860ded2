#include "model/tokenizer/pre_tokenizers/bert_pre_tokenizer.h"

#include "model/tokenizer/characters.h"
#include "model/tokenizer/stage_json.h"
#include "model/tokenizer/utf8.h"

namespace gatescope {
namespace {

enum class Part { kWord, kSeparator, kPunctuation };

Part part_of_ascii(char byte) {
    if (byte == ' ' || (byte >= '\t' && byte <= '\r')) return Part::kSeparator;
    const bool letter = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
    const bool digit = byte >= '0' && byte <= '9';
    return byte < '!' || byte > '~' || letter || digit ? Part::kWord : Part::kPunctuation;
}

Part part_of(char32_t code_point) {
    if (is_white_space(code_point)) return Part::kSeparator;
    return is_punctuation_to_bert(code_point) ? Part::kPunctuation : Part::kWord;
}

class BertSink : public PieceSink {
  public:
    explicit BertSink(PieceSink& next) : next_(next) {}

    bool take(const Piece& piece) override {
        const std::string_view text = piece.text;
        std::size_t begin = 0;  // of the word on its way
        const auto hand_on = [&](std::size_t from, std::size_t to) {
            return from == to || next_.take({text.substr(from, to - from), piece.first && from == 0});
        };
        for (std::size_t at = 0; at < text.size();) {
            const bool ascii = static_cast<unsigned char>(text[at]) < 0x80;
            const std::size_t length = ascii ? 1 : utf8_step(text, at).length;
            const Part part = ascii ? part_of_ascii(text[at]) : part_of(utf8_decode(text, at, length));
            const std::size_t end = at + length;
            if (part != Part::kWord) {
                if (!hand_on(begin, at)) return false;
                if (part == Part::kPunctuation && !hand_on(at, end)) return false;
                begin = end;
            }
            at = end;
        }
        return hand_on(begin, text.size());
    }

  private:
    PieceSink& next_;
};

}  // namespace

std::unique_ptr<PieceSink> BertPreTokenizer::open(PieceSink& next) const {
    return std::make_unique<BertSink>(next);
}

std::unique_ptr<PreTokenizer> make_bert_pre_tokenizer(const StageJson&) {
    return std::make_unique<BertPreTokenizer>();
}

}  // namespace gatescope
