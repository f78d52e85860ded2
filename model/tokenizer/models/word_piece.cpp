#include "model/tokenizer/models/word_piece.h"

#include <algorithm>

#include "model/core/error.h"
#include "model/tokenizer/models/models.h"
#include "model/tokenizer/vocabulary_json.h"

namespace gatescope {

class WordPiece::WordWorker : public TokenModel::Worker {
  public:
    explicit WordWorker(const WordPiece& model) : model_(model) {}
    void append_ids(std::string_view piece, std::vector<std::int32_t>& ids) override { model_.append_ids(piece, ids); }

  private:
    const WordPiece& model_;
};

WordPiece::WordPiece(const Vocabulary& vocabulary, const WordPieceOptions& options, const std::string& where)
    : trie_(vocabulary.tokens()),
      continuing_(trie_.walk(PieceTrie::kRoot, options.continuing_prefix)),
      unknown_(vocabulary.find(options.unknown).value_or(-1)),
      longest_word_(options.longest_word) {
    if (unknown_ < 0)
        throw Failure(FailureKind::kBadFile, "the unknown token \"" + options.unknown + "\" is not in the vocabulary",
                      where);
    if (longest_word_ > kLongestWordAllowed)
        throw Failure(FailureKind::kUnsupported, "max_input_chars_per_word is " + std::to_string(longest_word_), where,
                      "at most " + std::to_string(kLongestWordAllowed));
}

std::unique_ptr<TokenModel::Worker> WordPiece::open(JobContext*) const {
    return std::make_unique<WordWorker>(*this);  // a word is short work: nothing to cancel
}

bool WordPiece::is_too_long(std::string_view word) const {
    if (word.size() <= longest_word_) return false;
    const auto begins = [](char byte) { return (static_cast<std::uint8_t>(byte) & 0xC0U) != 0x80; };
    return static_cast<std::size_t>(std::count_if(word.begin(), word.end(), begins)) > longest_word_;
}

void WordPiece::append_ids(std::string_view word, std::vector<std::int32_t>& ids) const {
    if (is_too_long(word)) return ids.push_back(unknown_);
    const std::size_t before = ids.size();
    PieceTrie::Node from = PieceTrie::kRoot;
    while (!word.empty()) {
        const PieceTrie::Match piece = trie_.longest(from, word);
        if (piece.id < 0) {
            ids.resize(before);
            return ids.push_back(unknown_);
        }
        ids.push_back(piece.id);
        word.remove_prefix(piece.length);
        from = continuing_;
    }
}

ModelStage make_word_piece_model(const StageJson& stage, bool) {
    WordPieceOptions options;
    options.unknown = stage.optional_string("unk_token").value_or(options.unknown);
    options.continuing_prefix = stage.optional_string("continuing_subword_prefix").value_or(options.continuing_prefix);
    const std::int64_t longest = stage.integer("max_input_chars_per_word", 100);
    if (longest < 0) stage.bad("max_input_chars_per_word", "is negative");
    options.longest_word = static_cast<std::size_t>(longest);
    ModelStage made;
    made.kind = "WordPiece";
    made.vocabulary = read_vocabulary(stage.require("vocab"), stage.where() + ".vocab");
    made.model = std::make_unique<WordPiece>(*made.vocabulary, options, stage.where());
    return made;
}

}  // namespace gatescope
