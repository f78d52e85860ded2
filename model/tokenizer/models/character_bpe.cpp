#include "model/tokenizer/models/character_bpe.h"

#include <cstdio>
#include <utility>

#include "model/core/error.h"
#include "model/tokenizer/byte_pieces.h"
#include "model/tokenizer/utf8.h"

namespace gatescope {
class CharacterBpe::CharacterWorker : public Worker {
  public:
    CharacterWorker(const CharacterBpe& model, JobContext* job) : model_(&model), workspace_(job) {}

    void append_ids(std::string_view piece, std::vector<std::int32_t>& ids) override {
        if (model_->options_.ignore_merges) {
            if (const auto whole = model_->vocabulary_->find(piece)) {
                ids.push_back(*whole);
                return;
            }
        }
        workspace_.clear();
        unknown_waits_ = false;
        for (std::size_t at = 0; at < piece.size();) {
            const std::size_t length = utf8_step(piece, at).length;
            add_character(piece.substr(at, length), at == 0, at + length == piece.size());
            at += length;
        }
        flush_unknown();
        model_->merger_.merge(workspace_, ids);
    }

  private:
    void add_character(std::string_view character, bool first, bool last) {
        const CharacterBpeOptions& options = model_->options_;
        if (!options.prefix.empty() || !options.suffix.empty()) {
            spelled_.assign(first ? std::string_view() : options.prefix);
            spelled_.append(character).append(last ? std::string_view(options.suffix) : std::string_view());
            character = spelled_;
        }
        if (const auto id = model_->vocabulary_->find(character)) {
            flush_unknown();
            workspace_.add(*id);
        } else if (!options.byte_fallback || !add_bytes(character)) {
            add_unknown();
        }
    }

    // An unknown token that waits still waits behind them, as in the tokenizers package.
    bool add_bytes(std::string_view character) {
        for (const char byte : character)
            if (model_->byte_ids_[static_cast<std::uint8_t>(byte)] < 0) return false;
        for (const char byte : character) workspace_.add(model_->byte_ids_[static_cast<std::uint8_t>(byte)]);
        return true;
    }

    void add_unknown() {
        const CharacterBpeOptions& options = model_->options_;
        if (options.unknown.empty()) return;
        if (!model_->unknown_)
            throw Failure(FailureKind::kUnsupported,
                          "the text needs the unknown token \"" + options.unknown + "\", which the vocabulary lacks",
                          "tokenizer");
        if (!options.fuse_unknown) flush_unknown();
        unknown_waits_ = true;
    }

    void flush_unknown() {
        if (std::exchange(unknown_waits_, false)) workspace_.add(*model_->unknown_);
    }

    const CharacterBpe* model_;
    BpeMerger::Workspace workspace_;
    std::string spelled_;
    bool unknown_waits_ = false;  // held back, since another one may fuse with it
};

CharacterBpe::CharacterBpe(std::shared_ptr<const Vocabulary> vocabulary, const std::vector<BpeMerge>& merges,
                           CharacterBpeOptions options)
    : vocabulary_(std::move(vocabulary)),
      options_(std::move(options)),
      merger_(merges),
      unknown_(vocabulary_->find(options_.unknown)),
      byte_ids_(find_byte_pieces(*vocabulary_)) {
    std::vector<std::int32_t> apart = byte_ids_;  // their strings aren't the characters that they stand for
    if (unknown_) apart.push_back(*unknown_);
    if (options_.prefix.empty() && options_.suffix.empty() && !options_.ignore_merges)
        cutter_ = BpeCutter::make(*vocabulary_, merges, apart, options_.unknown.empty());
}

std::unique_ptr<TokenModel::Worker> CharacterBpe::open(JobContext* job) const {
    return std::make_unique<CharacterWorker>(*this, job);
}

}  // namespace gatescope
