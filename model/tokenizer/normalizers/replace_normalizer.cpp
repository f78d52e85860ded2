// Replace: a pattern's matches become a fixed text.

#include "model/tokenizer/normalizers/normalizers.h"
#include "model/tokenizer/text_replacer.h"

namespace gatescope {
namespace {

class ReplaceNormalizer : public Normalizer {
  public:
    explicit ReplaceNormalizer(const StageJson& stage) : replacer_(stage) {}
    void apply(std::string& text) const override { text = replacer_.apply(text); }

  private:
    TextReplacer replacer_;
};

}  // namespace

std::unique_ptr<Normalizer> make_replace_normalizer(const StageJson& stage) {
    return std::make_unique<ReplaceNormalizer>(stage);
}

}  // namespace gatescope
