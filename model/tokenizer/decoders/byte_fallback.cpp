// ByteFallback: runs of tokens like <0x0A> become the characters that their bytes are.

#include <charconv>
#include <optional>
#include <utility>

#include "model/tokenizer/decoders/decoders.h"
#include "model/tokenizer/utf8.h"

namespace gatescope {
namespace {

constexpr char kReplacement[] = "\xEF\xBF\xBD";

std::optional<char> byte_of(const std::string& token) {
    if (token.size() != 6 || !token.starts_with("<0x") || !token.ends_with('>')) return std::nullopt;
    unsigned byte = 0;
    const char* const end = token.data() + 5;
    const auto read = std::from_chars(token.data() + 3, end, byte, 16);
    if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
    return static_cast<char>(byte);
}

bool is_utf8(std::string_view bytes) {
    for (std::size_t at = 0; at < bytes.size();) {
        const Utf8Step step = utf8_step(bytes, at);
        if (!step.valid) return false;
        at += step.length;
    }
    return true;
}

// Bytes that are no whole characters become one U+FFFD each, all of the run, as in the tokenizers package.
class ByteFallbackSink : public DecoderSink {
  public:
    using DecoderSink::DecoderSink;
    void take(std::string token) override {
        if (const auto byte = byte_of(token)) {
            run_ += *byte;
            return;
        }
        flush();
        next().take(std::move(token));
    }
    void finish() override {
        flush();
        next().finish();
    }

  private:
    void flush() {
        if (run_.empty()) return;
        const std::string run = std::exchange(run_, {});
        if (is_utf8(run)) return next().take(run);
        for (std::size_t byte = 0; byte < run.size(); ++byte) next().take(kReplacement);
    }

    std::string run_;
};

class ByteFallbackDecoder : public Decoder {
  public:
    std::unique_ptr<TokenSink> open(TokenSink& next) const override { return std::make_unique<ByteFallbackSink>(next); }
    std::string piece(std::string token) const override {
        const auto byte = byte_of(token);
        return byte ? std::string(1, *byte) : token;
    }
};

}  // namespace

std::unique_ptr<Decoder> make_byte_fallback_decoder(const StageJson&) {
    return std::make_unique<ByteFallbackDecoder>();
}

}  // namespace gatescope
