// ByteLevel: GPT-2's way of cutting, and every byte as one visible character.

#include <optional>

#include "model/tokenizer/byte_alphabet.h"
#include "model/tokenizer/pattern_cutter.h"
#include "model/tokenizer/pre_tokenizers/pre_tokenizers.h"

namespace gatescope {
namespace {

// Hands on pieces in the byte alphabet.
class Speller : public PieceSink {
  public:
    Speller(const std::array<std::string, 256>& alphabet, PieceSink& next) : alphabet_(&alphabet), next_(&next) {}
    bool take(const Piece& piece) override {
        spelled_.clear();
        for (const char byte : piece.text) spelled_ += (*alphabet_)[static_cast<unsigned char>(byte)];
        return next_->take({spelled_, piece.first});
    }

  private:
    const std::array<std::string, 256>* alphabet_;
    PieceSink* next_;
    std::string spelled_;
};

// Puts a space in front of what has none.
class SpacePrepender : public PieceSink {
  public:
    explicit SpacePrepender(PieceSink& next) : next_(&next) {}
    bool take(const Piece& piece) override {
        if (piece.text.front() == ' ') return next_->take(piece);
        const std::string spaced = " " + std::string(piece.text);
        return next_->take({spaced, piece.first});
    }

  private:
    PieceSink* next_;
};

class ByteLevelPreTokenizer : public PreTokenizer {
  public:
    explicit ByteLevelPreTokenizer(const StageJson& stage) : adds_space_(stage.flag("add_prefix_space", true)) {
        if (stage.flag("use_regex", true)) cutter_.emplace("gpt-2");
    }

    std::unique_ptr<PieceSink> open(PieceSink& next) const override { return std::make_unique<Sink>(*this, next); }
    bool spells_bytes() const override { return true; }
    void leave_bytes_raw() override { raw_ = true; }

  private:
    class Sink : public PieceSink {
      public:
        Sink(const ByteLevelPreTokenizer& stage, PieceSink& next) : first_(&next) {
            if (!stage.raw_) first_ = (speller_ = std::make_unique<Speller>(stage.alphabet_, *first_)).get();
            if (stage.cutter_) first_ = (cutter_ = stage.cutter_->open(*first_)).get();
            if (stage.adds_space_) first_ = (prepender_ = std::make_unique<SpacePrepender>(*first_)).get();
        }
        bool take(const Piece& piece) override { return first_->take(piece); }

      private:
        std::unique_ptr<PieceSink> speller_, cutter_, prepender_;
        PieceSink* first_;
    };

    bool adds_space_;
    bool raw_ = false;
    std::optional<PatternCutter> cutter_;
    std::array<std::string, 256> alphabet_ = byte_alphabet();
};

}  // namespace

std::unique_ptr<PreTokenizer> make_byte_level_pre_tokenizer(const StageJson& stage) {
    return std::make_unique<ByteLevelPreTokenizer>(stage);
}

}  // namespace gatescope
