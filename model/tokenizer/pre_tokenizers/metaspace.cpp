// Metaspace: spaces become a visible character, one more comes in front, and each begins a piece.

#include "model/tokenizer/metaspace_options.h"
#include "model/tokenizer/pre_tokenizers/pre_tokenizers.h"
#include "model/tokenizer/text_replace.h"

namespace gatescope {
namespace {

class MetaspaceSink : public PieceSink {
  public:
    MetaspaceSink(const MetaspaceOptions& options, PieceSink& next) : options_(&options), next_(&next) {}

    bool take(const Piece& piece) override {
        const std::string& space = options_->replacement;
        std::string text = replace_all(piece.text, " ", space);
        const bool prepends =
            options_->prepend == PrependScheme::kAlways || (options_->prepend == PrependScheme::kFirst && piece.first);
        if (prepends && !text.starts_with(space)) text.insert(0, space);
        if (!options_->split) return next_->take({text, piece.first});
        for (std::size_t begin = 0; begin < text.size();) {
            // A run of spaces is cut between each two of them.
            const std::size_t next =
                text.find(space, begin + (text.compare(begin, space.size(), space) == 0 ? space.size() : 1));
            const std::size_t end = next == std::string::npos ? text.size() : next;
            if (!next_->take({std::string_view(text).substr(begin, end - begin), piece.first && begin == 0}))
                return false;
            begin = end;
        }
        return true;
    }

  private:
    const MetaspaceOptions* options_;
    PieceSink* next_;
};

class MetaspacePreTokenizer : public PreTokenizer {
  public:
    explicit MetaspacePreTokenizer(const StageJson& stage) : options_(read_metaspace(stage)) {}
    std::unique_ptr<PieceSink> open(PieceSink& next) const override {
        return std::make_unique<MetaspaceSink>(options_, next);
    }

  private:
    MetaspaceOptions options_;
};

}  // namespace

std::unique_ptr<PreTokenizer> make_metaspace_pre_tokenizer(const StageJson& stage) {
    return std::make_unique<MetaspacePreTokenizer>(stage);
}

}  // namespace gatescope
