#include "app/engine/spectra_parts.h"

#include "analysis/spectra/merged_spectra.h"

namespace gatescope {
namespace {

bool has_weights(const Spectra& spectra) {
    return spectra.raw || spectra.folded || spectra.controls;
}

// Do the weight kernels of both stand at one offset?
bool same_kernels(const Spectra* there, const SpectraRequest& wish) {
    return there != nullptr && there->request.delta == wish.delta;
}

bool has_controls(const Spectra* there, const SpectraRequest& wish) {
    return same_kernels(there, wish) && there->controls && there->controls->seed == wish.seed;
}

void take_controls(const Spectra& there, SpectraControls& controls) {
    if (!there.controls || there.controls->seed != controls.seed) return;
    if (!controls.raw_projections) controls.raw_projections = there.controls->raw_projections;
    if (!controls.folded_projections) controls.folded_projections = there.controls->folded_projections;
}

}  // namespace

SpectraRequest fitted(SpectraRequest wish, const ModelConfig& config) {
    if (config.rope_dims == 0) wish.delta = 0;
    return wish;
}

SpectraRequest missing_weights(const SpectraRequest& wish, const Spectra* there) {
    const bool kernels = same_kernels(there, wish), controls = has_controls(there, wish);
    const bool raw_control = controls && there->controls->raw_projections;
    const bool folded_control = controls && there->controls->folded_projections;
    SpectraRequest out;
    out.raw = wish.raw && (!kernels || !there->raw || (wish.controls && !raw_control));
    out.folded = wish.folded && (!kernels || !there->folded || (wish.controls && !folded_control));
    out.controls = wish.controls && out.weights();
    out.delta = wish.delta;
    out.seed = wish.seed;
    return out;
}

SpectraRequest missing_activations(const SpectraRequest& wish, const Spectra* there, std::int64_t windows) {
    const auto whole = [&](const auto& part) { return part && part->windows >= windows; };
    SpectraRequest out;
    out.activations = wish.activations && !(there != nullptr && whole(there->activations));
    out.cosines = wish.cosines && !(there != nullptr && whole(there->cosines));
    return out;
}

std::shared_ptr<const Spectra> with_weights(const Spectra& fresh, const Spectra* there) {
    Spectra weights = fresh;
    if (same_kernels(there, fresh.request)) {
        if (!weights.raw) weights.raw = there->raw;
        if (!weights.folded) weights.folded = there->folded;
        if (!weights.controls) weights.controls = there->controls;
        if (weights.controls) take_controls(*there, *weights.controls);
    }
    weights.request.raw = weights.raw.has_value();
    weights.request.folded = weights.folded.has_value();
    weights.request.controls = weights.controls.has_value();
    if (weights.controls) weights.request.seed = weights.controls->seed;
    return merged(&weights, there);
}

std::shared_ptr<const Spectra> with_activations(const Spectra* fresh, const Spectra* there) {
    Spectra activations = there != nullptr ? *there : Spectra();
    if (fresh != nullptr && fresh->activations) activations.activations = fresh->activations;
    if (fresh != nullptr && fresh->cosines) activations.cosines = fresh->cosines;
    activations.request.activations = activations.activations.has_value();
    activations.request.cosines = activations.cosines.has_value();
    const bool some = activations.activations || activations.cosines;
    return merged(there != nullptr && has_weights(*there) ? there : nullptr, some ? &activations : nullptr);
}

std::shared_ptr<const Spectra> weights_alone(const Spectra* there) {
    return there != nullptr && has_weights(*there) ? merged(there, nullptr) : nullptr;
}

}  // namespace gatescope
