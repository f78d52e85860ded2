#include "model/tokenizer/pipeline_tokenizer.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "model/core/error.h"
#include "model/tokenizer/piece_cache.h"

namespace gatescope {
namespace {

constexpr std::size_t kPiecesBetweenTicks = 4096;

// Joins the tokens of a text.
class TextSink : public TokenSink {
  public:
    explicit TextSink(std::string_view between) : between_(between) {}
    void take(std::string token) override {
        if (std::exchange(first_, false)) {
            text_ = std::move(token);
            return;
        }
        text_.append(between_).append(token);
    }
    void finish() override {}
    std::string& text() { return text_; }

  private:
    std::string_view between_;
    bool first_ = true;
    std::string text_;
};

}  // namespace

// One text on its way to ids.
class PipelineTokenizer::Encoding : private PieceSink {
  public:
    Encoding(const PipelineTokenizer& tokenizer, std::size_t text_size, std::size_t at_least, JobContext* job)
        : parts_(tokenizer.parts_),
          added_(tokenizer.added_),
          at_least_(at_least == 0 ? std::numeric_limits<std::size_t>::max() : at_least),
          job_(job),
          cache_(text_size),
          worker_(parts_.model->open(job)) {
        first_ = this;
        if (const PreTokenizer* const cutter = parts_.model->cutter()) first_ = (cutter_ = cutter->open(*first_)).get();
        if (parts_.pre_tokenizer) first_ = (pre_tokenizer_ = parts_.pre_tokenizer->open(*first_)).get();
    }

    std::vector<std::int32_t> run(std::string_view text) {
        ids_ = parts_.ends.before;
        AddedTokens::Cursor cursor(added_, AddedTokens::Where::kRawText, text);
        bool whole = true;
        for (auto part = cursor.next(); part && whole; part = cursor.next())
            whole = part->token ? add_token(*part->token) : add_stretch(part->text, part->text.data() == text.data());
        if (whole) ids_.insert(ids_.end(), parts_.ends.after.begin(), parts_.ends.after.end());
        const std::optional<std::int32_t> bos = parts_.ends.bos_unless_there;
        if (bos && (ids_.empty() || ids_.front() != *bos)) ids_.insert(ids_.begin(), *bos);
        return std::move(ids_);
    }

  private:
    bool wants_more() const { return ids_.size() < at_least_; }

    bool add_token(const AddedToken& token) {
        ids_.push_back(token.id);
        return wants_more();
    }

    // False once there are enough ids.
    bool add_stretch(std::string_view text, bool first) {
        std::string rewritten;
        if (parts_.normalizer) {
            rewritten = text;
            parts_.normalizer->apply(rewritten);
            text = rewritten;
        }
        AddedTokens::Cursor cursor(added_, AddedTokens::Where::kNormalizedText, text);
        for (auto part = cursor.next(); part; part = cursor.next()) {
            const bool more = part->token ? add_token(*part->token)
                                          : first_->take({part->text, first && part->text.data() == text.data()});
            if (!more) return false;
        }
        return true;
    }

    bool take(const Piece& piece) override {
        if (job_ && ++pieces_ % kPiecesBetweenTicks == 0) job_->tick();
        if (!cache_.append_known(piece.text, ids_)) {
            const std::size_t before = ids_.size();
            worker_->append_ids(piece.text, ids_);
            cache_.remember(piece.text, before, ids_.size() - before);
        }
        return wants_more();
    }

    const PipelineParts& parts_;
    const AddedTokens& added_;
    std::size_t at_least_;
    JobContext* job_;
    PieceCache cache_;
    std::unique_ptr<TokenModel::Worker> worker_;
    std::unique_ptr<PieceSink> cutter_, pre_tokenizer_;
    PieceSink* first_ = nullptr;  // of the chain that ends here
    std::vector<std::int32_t> ids_;
    std::size_t pieces_ = 0;
};

PipelineTokenizer::PipelineTokenizer(PipelineParts parts)
    : parts_(std::move(parts)),
      added_(std::move(parts_.added), parts_.normalizer.get()),
      size_(std::max(parts_.vocabulary->size(), added_.ids_end())) {
    std::vector<std::int32_t> ids = parts_.ends.front();
    ids.insert(ids.end(), parts_.ends.after.begin(), parts_.ends.after.end());
    for (const std::int32_t id : ids)
        if (id < 0 || static_cast<std::size_t>(id) >= size_)
            throw Failure(FailureKind::kBadFile,
                          "puts id " + std::to_string(id) + " beside a text, which none of the " +
                              std::to_string(size_) + " tokens has",
                          "tokenizer");
}

std::vector<std::int32_t> PipelineTokenizer::encode(std::string_view text, std::size_t at_least,
                                                    JobContext* job) const {
    if (text.size() >= std::numeric_limits<std::uint32_t>::max())
        throw Failure(FailureKind::kUnsupported, "is 4 GiB or longer", "text");
    check_utf8(text, "text");  // every stage relies on it
    return Encoding(*this, text.size(), at_least, job).run(text);
}

Tokenizer::Ends PipelineTokenizer::ends() const {
    return {parts_.ends.front(), parts_.ends.after};
}

const std::string& PipelineTokenizer::token(std::int32_t id) const {
    if (id < 0 || static_cast<std::size_t>(id) >= size_)
        throw Failure(FailureKind::kUsage, "no token has id " + std::to_string(id), "tokenizer",
                      "ids are 0 to " + std::to_string(size_ - 1));
    static const std::string kNone;  // an id that the vocabulary skips
    const auto& tokens = parts_.vocabulary->tokens();
    if (const AddedToken* const added = added_.find(id)) return added->spelled;
    return static_cast<std::size_t>(id) < tokens.size() ? tokens[static_cast<std::size_t>(id)] : kNone;
}

std::string PipelineTokenizer::piece(std::int32_t id) const {
    const std::string& token = this->token(id);
    if (const AddedToken* const added = added_.find(id)) return added->content;
    return parts_.decoder ? parts_.decoder->piece(token) : token;
}

std::string PipelineTokenizer::decode(const std::vector<std::int32_t>& ids) const {
    TextSink text(parts_.decoder ? "" : " ");
    const std::unique_ptr<TokenSink> decoding = parts_.decoder ? parts_.decoder->open(text) : nullptr;
    TokenSink& first = decoding ? *decoding : text;
    for (const std::int32_t id : ids) first.take(token(id));
    first.finish();
    return std::move(text.text());
}

}  // namespace gatescope
