#include "model/tokenizer/models/bpe_cutter.h"

#include "model/tokenizer/utf8.h"

namespace gatescope {
namespace {

char32_t first_of(std::string_view text) {
    return utf8_decode(text, 0, utf8_step(text, 0).length);
}

char32_t last_of(std::string_view text) {
    std::size_t begin = text.size() - 1;
    while (begin > 0 && (static_cast<unsigned char>(text[begin]) & 0xC0U) == 0x80U) --begin;
    return utf8_decode(text, begin, text.size() - begin);
}

}  // namespace

class BpeCutter::Sink : public PieceSink {
  public:
    Sink(const BpeCutter& cutter, PieceSink& next) : cutter_(&cutter), next_(&next) {}

    bool take(const Piece& piece) override {
        const std::string_view text = piece.text;
        std::size_t begin = 0, at = utf8_step(text, 0).length;
        char32_t left = utf8_decode(text, 0, at);
        while (at < text.size()) {
            const std::size_t length = utf8_step(text, at).length;
            const char32_t right = utf8_decode(text, at, length);
            if (cutter_->may_cut(left, right)) {
                if (!next_->take({text.substr(begin, at - begin), piece.first && begin == 0})) return false;
                begin = at;
            }
            left = right;
            at += length;
        }
        return next_->take({text.substr(begin), piece.first && begin == 0});
    }

  private:
    const BpeCutter* cutter_;
    PieceSink* next_;
};

std::unique_ptr<BpeCutter> BpeCutter::make(const Vocabulary& vocabulary, const std::vector<BpeMerge>& merges,
                                           const std::vector<std::int32_t>& apart, bool leaves_out) {
    auto cutter = std::make_unique<BpeCutter>();
    cutter->leaves_out_ = leaves_out;
    const std::unordered_set<std::int32_t> strange(apart.begin(), apart.end());
    for (const std::string& token : vocabulary.tokens())
        if (!token.empty() && utf8_step(token, 0).length == token.size()) cutter->known_.insert(first_of(token));
    for (const BpeMerge& merge : merges) {
        if (strange.contains(merge.left) || strange.contains(merge.right)) return nullptr;
        const std::string& left = vocabulary.tokens()[static_cast<std::size_t>(merge.left)];
        const std::string& right = vocabulary.tokens()[static_cast<std::size_t>(merge.right)];
        cutter->joined_.insert(pair_of(last_of(left), first_of(right)));
    }
    for (std::size_t row = 0; row < kPlaces; ++row)
        for (std::size_t column = 0; column < kPlaces; ++column)
            cutter->table_[row * kPlaces + column] = cutter->looks_up(
                row < 128 ? static_cast<char32_t>(row) : kSpace, column < 128 ? static_cast<char32_t>(column) : kSpace);
    return cutter;
}

// Two characters that are no tokens stay together: their unknown tokens may fuse.
bool BpeCutter::looks_up(char32_t left, char32_t right) const {
    if (joined_.contains(pair_of(left, right))) return false;
    const bool left_known = known_.contains(left), right_known = known_.contains(right);
    return leaves_out_ ? left_known && right_known : left_known || right_known;
}

std::unique_ptr<PieceSink> BpeCutter::open(PieceSink& next) const {
    return std::make_unique<Sink>(*this, next);
}

}  // namespace gatescope
