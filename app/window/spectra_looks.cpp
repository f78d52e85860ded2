#include "app/window/spectra_looks.h"

#include "app/window/widgets/chart_plot.h"

namespace gatescope {

ImVec4 routing_colour(const Theme& theme) {
    return line_colour(theme, 0);
}
ImVec4 filtering_colour(const Theme& theme) {
    return line_colour(theme, 1);
}
ImVec4 opposing_colour(const Theme& theme) {
    return line_colour(theme, 4);
}
ImVec4 checkpoint_colour(const Theme& theme, std::size_t place) {
    return line_colour(theme, place);
}

const char* form_id(KernelForm form) {
    return form == KernelForm::kRaw ? "raw" : "folded";
}

const WeightSpectra* kernels_of(const Spectra& spectra, KernelForm form) {
    const auto& wanted = form == KernelForm::kRaw ? spectra.raw : spectra.folded;
    return wanted ? &*wanted : nullptr;
}

std::string weights_id(KernelForm form, const std::string& figure) {
    return std::string("weights/") + form_id(form) + "/" + figure;
}

}  // namespace gatescope
