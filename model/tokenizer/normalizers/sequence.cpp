// Sequence: one normalizer after the other.

#include "model/tokenizer/normalizers/normalizers.h"
#include "model/tokenizer/text_replace.h"

namespace gatescope {
namespace {

class SequenceNormalizer : public Normalizer {
  public:
    explicit SequenceNormalizer(const StageJson& stage) {
        for (const StageJson& step : stage.objects("normalizers")) steps_.push_back(make_normalizer(step));
    }
    void apply(std::string& text) const override {
        const std::size_t before = text.size();
        for (const auto& step : steps_) {
            step->apply(text);
            check_growth(before, text.size());
        }
    }

  private:
    std::vector<std::unique_ptr<Normalizer>> steps_;
};

}  // namespace

std::unique_ptr<Normalizer> make_sequence_normalizer(const StageJson& stage) {
    return std::make_unique<SequenceNormalizer>(stage);
}

}  // namespace gatescope
