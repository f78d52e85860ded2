#include "model/tokenizer/pre_tokenizers/split.h"

#include <array>

#include "model/tokenizer/pattern_cutter.h"
#include "model/tokenizer/pattern_json.h"
#include "model/tokenizer/pre_tokenizer_patterns.h"
#include "model/tokenizer/pre_tokenizers/pre_tokenizers.h"

namespace gatescope {

class SplitPreTokenizer::Sink : public PieceSink {
  public:
    Sink(const SplitPreTokenizer& stage, PieceSink& next) : stage_(&stage), matcher_(stage.regex_), next_(&next) {}

    bool take(const Piece& piece) override {
        SpanJoiner joiner(stage_->behavior_, piece, *next_);
        const std::string_view text = piece.text;
        const bool match = !stage_->invert_;
        RegexWalk walk(matcher_, text);
        std::size_t done = 0;
        while (const auto found = walk.next()) {
            if (done != found->begin && !joiner.add(done, found->begin, !match)) return false;
            if (!joiner.add(found->begin, found->end, match)) return false;
            done = found->end;
        }
        return (done == text.size() || joiner.add(done, text.size(), !match)) && joiner.finish();
    }

  private:
    const SplitPreTokenizer* stage_;
    TextRegex::Matcher matcher_;
    PieceSink* next_;
};

std::unique_ptr<PieceSink> SplitPreTokenizer::open(PieceSink& next) const {
    return std::make_unique<Sink>(*this, next);
}

SplitBehavior read_behavior(const StageJson& stage, const char* field, const std::string& otherwise) {
    struct Named {
        const char* name;
        SplitBehavior behavior;
    };
    static constexpr std::array kBehaviors = {
        Named{"Removed", SplitBehavior::kRemoved},
        Named{"Isolated", SplitBehavior::kIsolated},
        Named{"MergedWithPrevious", SplitBehavior::kMergedWithPrevious},
        Named{"MergedWithNext", SplitBehavior::kMergedWithNext},
        Named{"Contiguous", SplitBehavior::kContiguous},
    };
    const std::string name = stage.optional_string(field).value_or(otherwise);
    std::string known;
    for (const Named& behavior : kBehaviors) {
        if (name == behavior.name) return behavior.behavior;
        known += (known.empty() ? "" : ", ") + std::string(behavior.name);
    }
    stage.bad(field, "is \"" + name + "\"; allowed: " + known);
}

std::unique_ptr<PreTokenizer> make_split_pre_tokenizer(const StageJson& stage) {
    const StagePattern pattern = read_pattern(stage);
    const SplitBehavior behavior = read_behavior(stage, "behavior", "");
    const bool invert = stage.flag("invert", false);
    // The known ways match everywhere, so that each match is a piece in both of these.
    const bool matches_are_pieces = invert ? behavior == SplitBehavior::kRemoved : behavior == SplitBehavior::kIsolated;
    if (pattern.regex && matches_are_pieces)
        if (const auto known = known_pattern_of(pattern.text)) return std::make_unique<PatternCutter>(*known);
    return std::make_unique<SplitPreTokenizer>(compile(pattern), behavior, invert);
}

}  // namespace gatescope
