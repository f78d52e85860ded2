// Sequence: each pre-tokenizer cuts the pieces of the one before it.

#include "model/tokenizer/pre_tokenizers/pre_tokenizers.h"

namespace gatescope {
namespace {

// Owns the sinks of all steps; the first is given the pieces.
class SequenceSink : public PieceSink {
  public:
    SequenceSink(const std::vector<std::unique_ptr<PreTokenizer>>& steps, PieceSink& next) : first_(&next) {
        for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
            sinks_.push_back((*step)->open(*first_));
            first_ = sinks_.back().get();
        }
    }
    bool take(const Piece& piece) override { return first_->take(piece); }

  private:
    std::vector<std::unique_ptr<PieceSink>> sinks_;  // last step first
    PieceSink* first_;
};

class SequencePreTokenizer : public PreTokenizer {
  public:
    explicit SequencePreTokenizer(const StageJson& stage) {
        for (const StageJson& step : stage.objects("pretokenizers")) steps_.push_back(make_pre_tokenizer(step));
    }
    std::unique_ptr<PieceSink> open(PieceSink& next) const override {
        return std::make_unique<SequenceSink>(steps_, next);
    }
    bool spells_bytes() const override { return !steps_.empty() && steps_.back()->spells_bytes(); }
    void leave_bytes_raw() override { steps_.back()->leave_bytes_raw(); }

  private:
    std::vector<std::unique_ptr<PreTokenizer>> steps_;
};

}  // namespace

std::unique_ptr<PreTokenizer> make_sequence_pre_tokenizer(const StageJson& stage) {
    return std::make_unique<SequencePreTokenizer>(stage);
}

}  // namespace gatescope
