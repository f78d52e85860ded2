// ByteFallback: runs of tokens like <0x0A> become the characters that their bytes are.

#include <charconv>
#include <optional>

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

class ByteFallbackDecoder : public Decoder {
  public:
    // Bytes that are no whole characters become one U+FFFD each, all of the run, as in the tokenizers package.
    void apply(std::vector<std::string>& tokens) const override {
        std::vector<std::string> out;
        out.reserve(tokens.size());
        std::string run;
        const auto flush = [&] {
            if (run.empty()) return;
            if (is_utf8(run))
                out.push_back(run);
            else
                out.insert(out.end(), run.size(), kReplacement);
            run.clear();
        };
        for (std::string& token : tokens) {
            if (const auto byte = byte_of(token)) {
                run += *byte;
                continue;
            }
            flush();
            out.push_back(std::move(token));
        }
        flush();
        tokens = std::move(out);
    }
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
