#include "analysis/spectra/merged_spectra.h"

#include "analysis/result_id.h"

namespace gatescope {

std::shared_ptr<const Spectra> merged(const Spectra* weights, const Spectra* activations) {
    if (weights == nullptr && activations == nullptr) return nullptr;
    auto out = std::make_shared<Spectra>();
    out->id = next_result_id();
    if (weights != nullptr) {
        out->request = weights->request;
        out->raw = weights->raw;
        out->folded = weights->folded;
        out->controls = weights->controls;
    }
    out->request.activations = activations != nullptr && activations->request.activations;
    out->request.cosines = activations != nullptr && activations->request.cosines;
    if (activations != nullptr) {
        out->activations = activations->activations;
        out->cosines = activations->cosines;
    }
    return out;
}

}  // namespace gatescope
