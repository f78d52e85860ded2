// Prepend and Strip: what changes at a stretch's ends.

#include <algorithm>

#include "model/tokenizer/characters.h"
#include "model/tokenizer/normalizers/normalizers.h"
#include "model/tokenizer/utf8.h"

namespace gatescope {
namespace {

class Prepend : public Normalizer {
  public:
    explicit Prepend(std::string what) : what_(std::move(what)) {}
    void apply(std::string& text) const override {
        if (!text.empty()) text.insert(0, what_);
    }

  private:
    std::string what_;
};

class StripNormalizer : public Normalizer {
  public:
    StripNormalizer(bool left, bool right) : left_(left), right_(right) {}
    void apply(std::string& text) const override {
        std::size_t begin = text.size(), end = 0;  // of what is more than white space
        for (std::size_t at = 0; at < text.size();) {
            const std::size_t length = utf8_step(text, at).length;
            if (!is_white_space(utf8_decode(text, at, length))) {
                begin = std::min(begin, at);
                end = at + length;
            }
            at += length;
        }
        if (right_) text.resize(end);
        if (left_) text.erase(0, std::min(begin, text.size()));
    }

  private:
    bool left_, right_;
};

}  // namespace

std::unique_ptr<Normalizer> make_prepend_normalizer(const StageJson& stage) {
    return std::make_unique<Prepend>(stage.string("prepend"));
}

std::unique_ptr<Normalizer> make_strip_normalizer(const StageJson& stage) {
    return std::make_unique<StripNormalizer>(stage.flag("strip_left", true), stage.flag("strip_right", true));
}

}  // namespace gatescope
