// Sequence: one decoder after the other.

#include "model/tokenizer/decoders/decoders.h"
#include "model/tokenizer/text_replace.h"

namespace gatescope {
namespace {

std::size_t bytes_of(const std::vector<std::string>& tokens) {
    std::size_t bytes = 0;
    for (const std::string& token : tokens) bytes += token.size();
    return bytes;
}

class SequenceDecoder : public Decoder {
  public:
    explicit SequenceDecoder(const StageJson& stage) {
        for (const StageJson& step : stage.objects("decoders")) steps_.push_back(make_decoder(step));
    }
    void apply(std::vector<std::string>& tokens) const override {
        const std::size_t before = bytes_of(tokens);
        for (const auto& step : steps_) {
            step->apply(tokens);
            check_growth(before, bytes_of(tokens));
        }
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
