#include "model/tokenizer/decoders/word_piece_decoder.h"

#include <string_view>
#include <utility>

#include "model/tokenizer/stage_json.h"

namespace gatescope {
namespace {

void replace_all(std::string& text, std::string_view what, std::string_view with) {
    std::size_t from = text.find(what);
    if (from == std::string::npos) return;
    std::string out;
    std::size_t at = 0;
    for (; from != std::string::npos; from = text.find(what, at)) {
        out.append(text, at, from - at);
        out += with;
        at = from + what.size();
    }
    text = out.append(text, at);
}

// One after another, as in the package; within one token.
void clean_up(std::string& token) {
    constexpr std::string_view kGaps[][2] = {
        {" .", "."},   {" ?", "?"},           {" !", "!"},   {" ,", ","},     {" ' ", "'"},    {" n't", "n't"},
        {" 'm", "'m"}, {" do not", " don't"}, {" 's", "'s"}, {" 've", "'ve"}, {" 're", "'re"},
    };
    for (const auto& [gap, closed] : kGaps) replace_all(token, gap, closed);
}

}  // namespace

std::string WordPieceDecoder::join(std::string token) const {
    if (token.starts_with(prefix_)) return token.substr(prefix_.size());
    return " " + std::move(token);
}

class WordPieceDecoder::Sink : public DecoderSink {
  public:
    Sink(const WordPieceDecoder& stage, TokenSink& next) : DecoderSink(next), stage_(stage) {}
    void take(std::string token) override {
        if (!std::exchange(first_, false)) token = stage_.join(std::move(token));
        if (stage_.cleanup_) clean_up(token);
        next().take(std::move(token));
    }

  private:
    const WordPieceDecoder& stage_;
    bool first_ = true;
};

std::unique_ptr<TokenSink> WordPieceDecoder::open(TokenSink& next) const {
    return std::make_unique<Sink>(*this, next);
}

std::string WordPieceDecoder::piece(std::string token) const {
    std::string joined = join(std::move(token));
    if (cleanup_) clean_up(joined);
    return joined;
}

std::unique_ptr<Decoder> make_word_piece_decoder(const StageJson& stage) {
    return std::make_unique<WordPieceDecoder>(stage.optional_string("prefix").value_or("##"),
                                              stage.flag("cleanup", true));
}

}  // namespace gatescope
