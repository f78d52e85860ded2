// Digits, Whitespace, WhitespaceSplit, Punctuation: cuts by what kind of character stands there.

#include "model/tokenizer/characters.h"
#include "model/tokenizer/pre_tokenizers/pre_tokenizers.h"
#include "model/tokenizer/pre_tokenizers/split.h"
#include "model/tokenizer/utf8.h"

namespace gatescope {
namespace {

// Every character is told apart by itself; neighbours that are equally no match are one stretch.
class ClassSplit : public PreTokenizer {
  public:
    ClassSplit(bool (*matches)(char32_t), SplitBehavior behavior) : matches_(matches), behavior_(behavior) {}
    std::unique_ptr<PieceSink> open(PieceSink& next) const override { return std::make_unique<Sink>(*this, next); }

  private:
    class Sink : public PieceSink {
      public:
        Sink(const ClassSplit& stage, PieceSink& next) : stage_(&stage), next_(&next) {}
        bool take(const Piece& piece) override {
            SpanJoiner joiner(stage_->behavior_, piece, *next_);
            std::size_t begin = 0, at = 0;
            for (std::size_t length = 0; at < piece.text.size(); at += length) {
                length = utf8_step(piece.text, at).length;
                if (!stage_->matches_(utf8_decode(piece.text, at, length))) continue;
                if (begin != at && !joiner.add(begin, at, false)) return false;
                if (!joiner.add(at, at + length, true)) return false;
                begin = at + length;
            }
            return (begin == at || joiner.add(begin, at, false)) && joiner.finish();
        }

      private:
        const ClassSplit* stage_;
        PieceSink* next_;
    };

    bool (*matches_)(char32_t);
    SplitBehavior behavior_;
};

// Hands on runs of word characters and runs of what is neither those nor white space.
class WordSink : public PieceSink {
  public:
    explicit WordSink(PieceSink& next) : next_(&next) {}
    bool take(const Piece& piece) override {
        std::size_t begin = 0, at = 0;
        Kind run = Kind::kSpace;
        for (std::size_t length = 0; at < piece.text.size(); at += length) {
            length = utf8_step(piece.text, at).length;
            const Kind kind = kind_of(utf8_decode(piece.text, at, length));
            if (kind == run) continue;
            if (!hand_on(piece, begin, at, run)) return false;
            run = kind, begin = at;
        }
        return hand_on(piece, begin, at, run);
    }

  private:
    enum class Kind { kWord, kSpace, kOther };

    static Kind kind_of(char32_t c) {
        return is_word_character(c) ? Kind::kWord : is_white_space(c) ? Kind::kSpace : Kind::kOther;
    }
    bool hand_on(const Piece& piece, std::size_t begin, std::size_t end, Kind run) {
        if (run == Kind::kSpace || begin == end) return true;
        return next_->take({piece.text.substr(begin, end - begin), piece.first && begin == 0});
    }

    PieceSink* next_;
};

class Words : public PreTokenizer {
  public:
    std::unique_ptr<PieceSink> open(PieceSink& next) const override { return std::make_unique<WordSink>(next); }
};

}  // namespace

std::unique_ptr<PreTokenizer> make_digits_pre_tokenizer(const StageJson& stage) {
    const bool single = stage.flag("individual_digits", false);
    return std::make_unique<ClassSplit>(is_numeric, single ? SplitBehavior::kIsolated : SplitBehavior::kContiguous);
}

std::unique_ptr<PreTokenizer> make_punctuation_pre_tokenizer(const StageJson& stage) {
    return std::make_unique<ClassSplit>(is_punctuation_to_bert, read_behavior(stage, "behavior", "Isolated"));
}

std::unique_ptr<PreTokenizer> make_whitespace_pre_tokenizer(const StageJson&) {
    return std::make_unique<Words>();
}

std::unique_ptr<PreTokenizer> make_whitespace_split_pre_tokenizer(const StageJson&) {
    return std::make_unique<ClassSplit>(is_white_space, SplitBehavior::kRemoved);
}

}  // namespace gatescope
