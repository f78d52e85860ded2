// Sequence: one decoder after the other.

#include "model/tokenizer/decoders/decoders.h"
#include "model/tokenizer/text_replace.h"

namespace gatescope {
namespace {

// Stands behind each step: no text may be blown up on the way.
class GrowthGuard : public DecoderSink {
  public:
    GrowthGuard(const std::size_t& given, TokenSink& next) : DecoderSink(next), given_(given) {}
    void take(std::string token) override {
        check_growth(given_, taken_ += token.size());
        next().take(std::move(token));
    }

  private:
    const std::size_t& given_;  // bytes that the sequence was given so far
    std::size_t taken_ = 0;
};

// Owns the sinks of all steps; the first is given the tokens.
class SequenceSink : public TokenSink {
  public:
    SequenceSink(const std::vector<std::unique_ptr<Decoder>>& steps, TokenSink& next) : first_(&next) {
        for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
            sinks_.push_back(std::make_unique<GrowthGuard>(given_, *first_));
            sinks_.push_back((*step)->open(*sinks_.back()));
            first_ = sinks_.back().get();
        }
    }
    void take(std::string token) override {
        given_ += token.size();
        first_->take(std::move(token));
    }
    void finish() override { first_->finish(); }

  private:
    std::size_t given_ = 0;
    std::vector<std::unique_ptr<TokenSink>> sinks_;  // last step first
    TokenSink* first_;
};

class SequenceDecoder : public Decoder {
  public:
    explicit SequenceDecoder(const StageJson& stage) {
        for (const StageJson& step : stage.objects("decoders")) steps_.push_back(make_decoder(step));
    }
    std::unique_ptr<TokenSink> open(TokenSink& next) const override {
        return std::make_unique<SequenceSink>(steps_, next);
    }
    std::string piece(std::string token) const override {
        for (const auto& step : steps_) token = step->piece(std::move(token));
        return token;
    }

  private:
    std::vector<std::unique_ptr<Decoder>> steps_;
};

}  // namespace

std::unique_ptr<Decoder> make_sequence_decoder(const StageJson& stage) {
    return std::make_unique<SequenceDecoder>(stage);
}

}  // namespace gatescope
