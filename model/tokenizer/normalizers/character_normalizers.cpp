// Lowercase, StripAccents, ByteLevel: what becomes of one character doesn't depend on its neighbours.

#include "model/tokenizer/byte_alphabet.h"
#include "model/tokenizer/characters.h"
#include "model/tokenizer/normalizers/normalizers.h"
#include "model/tokenizer/utf8.h"

namespace gatescope {
namespace {

class Lowercase : public Normalizer {
  public:
    void apply(std::string& text) const override {
        std::string out;
        out.reserve(text.size());
        for (std::size_t at = 0; at < text.size();) {
            const std::size_t length = utf8_step(text, at).length;
            const char c = text[at];
            if (length == 1)
                out += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
            else
                append_lower_case(out, utf8_decode(text, at, length));
            at += length;
        }
        text = std::move(out);
    }
};

class StripAccents : public Normalizer {
  public:
    void apply(std::string& text) const override {
        std::string out;
        out.reserve(text.size());
        for (std::size_t at = 0; at < text.size();) {
            const std::size_t length = utf8_step(text, at).length;
            if (length == 1 || !is_mark(utf8_decode(text, at, length))) out.append(text, at, length);
            at += length;
        }
        text = std::move(out);
    }
};

class ByteLevelNormalizer : public Normalizer {
  public:
    void apply(std::string& text) const override {
        std::string out;
        out.reserve(2 * text.size());
        for (const char byte : text) out += alphabet_[static_cast<unsigned char>(byte)];
        text = std::move(out);
    }

  private:
    std::array<std::string, 256> alphabet_ = byte_alphabet();
};

}  // namespace

std::unique_ptr<Normalizer> make_lowercase_normalizer(const StageJson&) {
    return std::make_unique<Lowercase>();
}

std::unique_ptr<Normalizer> make_strip_accents_normalizer(const StageJson&) {
    return std::make_unique<StripAccents>();
}

std::unique_ptr<Normalizer> make_byte_level_normalizer(const StageJson&) {
    return std::make_unique<ByteLevelNormalizer>();
}

}  // namespace gatescope
