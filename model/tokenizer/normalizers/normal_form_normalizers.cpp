// NFC, NFD, NFKC, NFKD.

#include "model/tokenizer/normal_forms.h"
#include "model/tokenizer/normalizers/normalizers.h"

namespace gatescope {
namespace {

class NormalFormNormalizer : public Normalizer {
  public:
    explicit NormalFormNormalizer(NormalForm form) : form_(form) {}
    void apply(std::string& text) const override { text = normal_form(text, form_); }

  private:
    NormalForm form_;
};

}  // namespace

std::unique_ptr<Normalizer> make_nfc_normalizer(const StageJson&) {
    return std::make_unique<NormalFormNormalizer>(NormalForm::kC);
}

std::unique_ptr<Normalizer> make_nfd_normalizer(const StageJson&) {
    return std::make_unique<NormalFormNormalizer>(NormalForm::kD);
}

std::unique_ptr<Normalizer> make_nfkc_normalizer(const StageJson&) {
    return std::make_unique<NormalFormNormalizer>(NormalForm::kKC);
}

std::unique_ptr<Normalizer> make_nfkd_normalizer(const StageJson&) {
    return std::make_unique<NormalFormNormalizer>(NormalForm::kKD);
}

}  // namespace gatescope
