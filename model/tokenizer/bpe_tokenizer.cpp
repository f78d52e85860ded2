#include "model/tokenizer/bpe_tokenizer.h"

#include <algorithm>
#include <limits>

#include "model/core/error.h"
#include "model/tokenizer/byte_alphabet.h"
#include "model/tokenizer/piece_cache.h"

namespace gatescope {
namespace {

constexpr std::size_t kPiecesBetweenTicks = 4096;

// A special token is the text that it is found by. So is a token outside the byte alphabet, as in the tokenizers
// package's byte-level decoder.
std::vector<std::string> pieces_of(const BpeVocab& vocab) {
    std::vector<std::string> pieces;
    pieces.reserve(vocab.tokens.size());
    for (const std::string& token : vocab.tokens) pieces.push_back(bytes_of_token(token).value_or(token));
    for (const std::int32_t id : vocab.specials)
        pieces[static_cast<std::size_t>(id)] = vocab.tokens[static_cast<std::size_t>(id)];
    return pieces;
}

}  // namespace

// One text on its way to ids.
class BpeTokenizer::Encoding {
  public:
    Encoding(const BpeTokenizer& tokenizer, std::string_view text, std::size_t at_least, JobContext* job)
        : tokenizer_(tokenizer),
          text_(text),
          at_least_(at_least == 0 ? std::numeric_limits<std::size_t>::max() : at_least),
          job_(job),
          cursor_(tokenizer.pre_tokenizer_),
          cache_(text.size()),
          workspace_(job) {}

    std::vector<std::int32_t> run() {
        for (std::size_t at = 0; at < text_.size() && !enough();) {
            const SpecialTokens::Match special = tokenizer_.specials_.find(text_, at);
            add_ordinary(text_.substr(at, special.begin - at));
            if (special.id < 0 || enough()) break;
            ids_.push_back(special.id);
            at = special.begin + special.length;
        }
        add_bos();
        return std::move(ids_);
    }

  private:
    bool enough() const { return ids_.size() >= at_least_; }

    void add_ordinary(std::string_view text) {
        cursor_.begin(text);
        for (std::string_view piece = cursor_.next(); !piece.empty() && !enough(); piece = cursor_.next()) {
            if (job_ && ++pieces_ % kPiecesBetweenTicks == 0) job_->tick();
            if (cache_.append_known(piece, ids_)) continue;
            const std::size_t before = ids_.size();
            tokenizer_.bpe_.append_ids(piece, workspace_, ids_);
            cache_.remember(before, ids_.size() - before);
        }
    }

    void add_bos() {
        const std::optional<std::int32_t> bos = tokenizer_.bos_;
        if (bos && (ids_.empty() || ids_.front() != *bos)) ids_.insert(ids_.begin(), *bos);
    }

    const BpeTokenizer& tokenizer_;
    std::string_view text_;
    std::size_t at_least_;
    JobContext* job_;
    PatternCutter::Cursor cursor_;
    PieceCache cache_;
    ByteLevelBpe::Workspace workspace_;
    std::vector<std::int32_t> ids_;
    std::size_t pieces_ = 0;
};

BpeTokenizer::BpeTokenizer(const BpeVocab& vocab)
    : pieces_(pieces_of(vocab)), bos_(vocab.bos), specials_(vocab), pre_tokenizer_(vocab.pre), bpe_(vocab) {}

std::vector<std::int32_t> BpeTokenizer::encode(std::string_view text, std::size_t at_least, JobContext* job) const {
    if (text.size() >= std::numeric_limits<std::uint32_t>::max())
        throw Failure(FailureKind::kUnsupported, "is 4 GiB or longer", "text");
    check_utf8(text, "text");  // the regex engine relies on it
    return Encoding(*this, text, at_least, job).run();
}

std::string BpeTokenizer::piece(std::int32_t id) const {
    if (id < 0 || static_cast<std::size_t>(id) >= pieces_.size())
        throw Failure(FailureKind::kUsage, "no token has id " + std::to_string(id), "tokenizer",
                      "ids are 0 to " + std::to_string(pieces_.size() - 1));
    return pieces_[static_cast<std::size_t>(id)];
}

std::string BpeTokenizer::decode(const std::vector<std::int32_t>& ids) const {
    std::string text;
    for (const std::int32_t id : ids) text += piece(id);
    return text;
}

}  // namespace gatescope
