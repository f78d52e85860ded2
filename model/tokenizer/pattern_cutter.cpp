#include "model/tokenizer/pattern_cutter.h"

#include "model/core/error.h"
#include "model/core/registry.h"
#include "model/tokenizer/pre_tokenizer_patterns.h"

namespace gatescope {

PatternCutter::PatternCutter(const std::string& id)
    : regex_(find_entry(pre_tokenizer_patterns(), id, "pre-tokenizer", FailureKind::kUnsupported).pattern,
             "pre-tokenizer " + id, {.anchored = true}) {}

std::string_view PatternCutter::Cursor::next() {
    if (at_ >= text_.size()) return {};
    const auto found = matcher_.find(text_, at_);
    if (!found || found->end == at_)
        throw Failure(FailureKind::kInternal, "no piece at byte " + std::to_string(at_), "pre-tokenizer");
    const std::size_t from = at_;
    at_ = found->end;
    return text_.substr(from, at_ - from);
}

namespace {

class PatternSink : public PieceSink {
  public:
    PatternSink(const PatternCutter& cutter, PieceSink& next) : cursor_(cutter), next_(&next) {}
    bool take(const Piece& piece) override {
        cursor_.begin(piece.text);
        bool first = piece.first;
        for (std::string_view part = cursor_.next(); !part.empty(); part = cursor_.next(), first = false)
            if (!next_->take({part, first})) return false;
        return true;
    }

  private:
    PatternCutter::Cursor cursor_;
    PieceSink* next_;
};

}  // namespace

std::unique_ptr<PieceSink> PatternCutter::open(PieceSink& next) const {
    return std::make_unique<PatternSink>(*this, next);
}

}  // namespace gatescope
