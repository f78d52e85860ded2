#include "model/tokenizer/sentencepiece/unigram.h"

#include <algorithm>
#include <limits>

#include "model/core/error.h"
#include "model/tokenizer/byte_pieces.h"
#include "model/tokenizer/utf8.h"

namespace gatescope {
namespace {

constexpr float kUnknownPenalty = 10;  // kUnkPenalty in unigram_model.cc
constexpr std::size_t kStartsBetweenTicks = 1U << 16U;

bool can_be_met(PieceType type) {
    return type == PieceType::kNormal || type == PieceType::kUserDefined;
}

std::vector<std::string> pieces_met(const SentencePieceFile& model) {
    std::vector<std::string> met;
    for (std::size_t id = 0; id < model.pieces.size(); ++id)
        if (can_be_met(model.types[id])) met.push_back(model.pieces[id]);
    return met;
}

// The length of the last character of `text`, which has one.
std::size_t last_character(std::string_view text) {
    std::size_t length = 1;
    while ((static_cast<std::uint8_t>(text[text.size() - length]) & 0xC0U) == 0x80) ++length;
    return length;
}

std::vector<std::int32_t> require_byte_pieces(const Vocabulary& vocabulary) {
    std::vector<std::int32_t> ids = find_byte_pieces(vocabulary);
    for (std::size_t byte = 0; byte < ids.size(); ++byte)
        if (ids[byte] < 0)
            throw Failure(FailureKind::kBadFile,
                          "byte_fallback is set, but byte " + std::to_string(byte) + " has no piece", "trainer_spec");
    return ids;
}

}  // namespace

Unigram::Unigram(const SentencePieceFile& model, const Vocabulary& vocabulary)
    : trie_(pieces_met(model)), unknown_(model.unknown) {
    float least = std::numeric_limits<float>::max(), most = std::numeric_limits<float>::lowest();
    for (std::size_t id = 0; id < model.pieces.size(); ++id) {
        if (model.types[id] != PieceType::kNormal) continue;
        least = std::min(least, model.scores[id]);
        most = std::max(most, model.scores[id]);
    }
    if (least > most) throw Failure(FailureKind::kBadFile, "has no normal piece", {}, "a unigram model needs some");
    unknown_score_ = least - kUnknownPenalty;
    for (std::size_t id = 0; id < model.pieces.size(); ++id) {
        lengths_.push_back(static_cast<std::uint32_t>(model.pieces[id].size()));
        if (!can_be_met(model.types[id])) continue;
        // A user-defined piece is worth more than any other way to spell it.
        const bool chosen = model.types[id] == PieceType::kUserDefined;
        const float length = static_cast<float>(model.pieces[id].size());
        found_.push_back(static_cast<std::int32_t>(id));
        scores_.push_back(chosen ? static_cast<double>(length * most) - 0.1 : double{model.scores[id]});
    }
    if (model.byte_fallback) byte_ids_ = require_byte_pieces(vocabulary);
}

// Works through a text from one place that no piece reaches across to the next, so that the table stays small.
class Unigram::Search : public TokenModel::Worker {
  public:
    Search(const Unigram& model, JobContext* job) : model_(model), job_(job) {}

    void append_ids(std::string_view text, std::vector<std::int32_t>& ids) override {
        follows_unknown_ = false;
        float score = 0;  // of the text so far, rounded as SentencePiece rounds it
        while (!text.empty()) {
            const std::size_t length = fill(text, score);
            score = ends_[length].score;
            append_path(text.substr(0, length), ids);
            text.remove_prefix(length);
        }
    }

  private:
    // Kept for every byte of a stretch, so it is small.
    struct End {
        float score = 0;
        std::int32_t id = kNotReached;  // of the best last piece, or one of these
    };
    static constexpr std::int32_t kNotReached = -1, kUnknown = -2;

    // Finds the best way to every place up to the first that all ways go through; returns that.
    std::size_t fill(std::string_view text, float score) {
        ends_.assign(1, {score, kNotReached});
        std::size_t reach = 0;
        std::size_t at = 0;
        do {
            if (job_ && ++starts_ % kStartsBetweenTicks == 0) job_->tick();
            const std::size_t character = utf8_step(text, at).length;
            reach = std::max(reach, add_pieces(text, at, character));
            at += character;
        } while (at < reach);
        return at;
    }

    // Tries every piece that begins at `at`; returns the end of the longest, or of the character.
    std::size_t add_pieces(std::string_view text, std::size_t at, std::size_t character) {
        const float so_far = ends_[at].score;
        std::size_t reach = at + character;
        bool character_known = false;
        PieceTrie::Node node = PieceTrie::kRoot;
        for (std::size_t end = at; end < text.size();) {
            node = model_.trie_.step(node, text[end++]);
            if (node == PieceTrie::kNone) break;
            const std::int32_t place = model_.trie_.id(node);
            if (place < 0) continue;
            reach = std::max(reach, end);
            character_known = character_known || end == at + character;
            offer(end, model_.scores_[static_cast<std::size_t>(place)] + double{so_far},
                  model_.found_[static_cast<std::size_t>(place)]);
        }
        if (!character_known) offer(at + character, double{model_.unknown_score_ + so_far}, kUnknown);
        return reach;
    }

    void offer(std::size_t end, double score, std::int32_t id) {
        if (ends_.size() <= end) ends_.resize(end + 1);
        End& known = ends_[end];
        if (known.id != kNotReached && !(score > double{known.score})) return;
        known = {static_cast<float>(score), id};
    }

    std::size_t length_of(std::int32_t id, std::string_view text) const {
        return id == kUnknown ? utf8_step(text, 0).length : model_.lengths_[static_cast<std::size_t>(id)];
    }

    void append_path(std::string_view text, std::vector<std::int32_t>& ids) {
        path_.clear();
        for (std::size_t at = text.size(); at > 0;) {
            const std::int32_t id = ends_[at].id;
            path_.push_back(id);
            at -= id == kUnknown ? last_character(text.substr(0, at)) : length_of(id, {});
        }
        for (auto id = path_.rbegin(); id != path_.rend(); ++id) {
            const std::size_t length = length_of(*id, text);
            if (*id == kUnknown)
                append_unknown(text.substr(0, length), ids);
            else
                ids.push_back(*id);
            follows_unknown_ = *id == kUnknown;
            text.remove_prefix(length);
        }
    }

    void append_unknown(std::string_view character, std::vector<std::int32_t>& ids) const {
        if (!model_.byte_ids_.empty())
            for (const char byte : character) ids.push_back(model_.byte_ids_[static_cast<std::uint8_t>(byte)]);
        else if (!follows_unknown_)
            ids.push_back(model_.unknown_);
    }

    const Unigram& model_;
    JobContext* job_;
    std::size_t starts_ = 0;
    bool follows_unknown_ = false;
    std::vector<End> ends_;           // by place, the best way there
    std::vector<std::int32_t> path_;  // backwards
};

std::unique_ptr<TokenModel::Worker> Unigram::open(JobContext* job) const {
    return std::make_unique<Search>(*this, job);
}

}  // namespace gatescope
