#include "captures/merge/merge_spectra.h"

#include "analysis/result_id.h"

namespace gatescope {
namespace {

const std::string kSpectra = "/spectra";

SpectrumPart spectrum(const SpectrumPart& a, const SpectrumPart& b, const Combine& combine, const std::string& path) {
    return {combine(a.values, b.values, path), combine(a.ranks, b.ranks, path)};
}

std::optional<WeightSpectra> weights(const std::optional<WeightSpectra>& a, const std::optional<WeightSpectra>& b,
                                     const Combine& combine, const std::string& path) {
    return combine.part(a, b, path, [&](const WeightSpectra& one, const WeightSpectra& other) {
        return WeightSpectra{spectrum(one.whole, other.whole, combine, path),
                             spectrum(one.skew, other.skew, combine, path + "/skew"),
                             spectrum(one.symmetric, other.symmetric, combine, path + "/symmetric"),
                             combine(one.figures, other.figures, path)};
    });
}

bool same(const ControlBand& a, const ControlBand& b) {
    return a.low == b.low && a.mean == b.mean && a.high == b.high;
}

// Those of one shape of head are drawn alike for all shards.
bool same(const RandomKernels& a, const RandomKernels& b) {
    return a.draws == b.draws && same(a.whole, b.whole) && same(a.skew, b.skew) && same(a.symmetric, b.symmetric) &&
           a.figures == b.figures;
}

SpectraControls controls(const SpectraControls& a, const SpectraControls& b, const Combine& combine) {
    const std::string path = kSpectra + "/controls";
    combine.require(a.seed == b.seed, path + "@seed");
    combine.require(same(a.kernels, b.kernels), path + "/kernels");
    return {a.seed, a.kernels, weights(a.raw_projections, b.raw_projections, combine, path + "/raw_projections"),
            weights(a.folded_projections, b.folded_projections, combine, path + "/folded_projections")};
}

ActivationSpectra activations(const ActivationSpectra& a, const ActivationSpectra& b, const Combine& combine) {
    const std::string path = kSpectra + "/activations";
    combine.require(a.windows == b.windows, path + "@windows");
    combine.require(a.capacity == b.capacity, path + "/capacity");
    return {a.windows,
            a.capacity,
            combine(a.routing_fraction, b.routing_fraction, path + "/routing_fraction"),
            spectrum(a.skew, b.skew, combine, path + "/skew"),
            spectrum(a.symmetric, b.symmetric, combine, path + "/symmetric"),
            spectrum(a.centred, b.centred, combine, path + "/centred")};
}

PairCosines cosines(const PairCosines& a, const PairCosines& b, const Combine& combine) {
    const std::string path = kSpectra + "/cosines";
    combine.require(a.windows == b.windows, path + "@windows");
    return {a.windows, combine(a.attended, b.attended, path + "/attended"), combine(a.other, b.other, path + "/other")};
}

bool has_weights(const Spectra& of) {
    return of.raw || of.folded || of.controls;
}

// Offset and seed are those of the one that has weights.
SpectraRequest request(const Spectra& a, const Spectra& b, const Spectra& both) {
    SpectraRequest out = has_weights(a) ? a.request : b.request;
    out.raw = both.raw.has_value();
    out.folded = both.folded.has_value();
    out.controls = both.controls.has_value();
    out.activations = both.activations.has_value();
    out.cosines = both.cosines.has_value();
    return out;
}

Spectra both_of(const Spectra& a, const Spectra& b, const Combine& combine) {
    if (has_weights(a) && has_weights(b)) combine.require(a.request.delta == b.request.delta, kSpectra + "@delta");
    Spectra out;
    out.id = next_result_id();
    out.raw = weights(a.raw, b.raw, combine, kSpectra + "/weights/raw");
    out.folded = weights(a.folded, b.folded, combine, kSpectra + "/weights/folded");
    out.controls = combine.part(a.controls, b.controls, kSpectra + "/controls",
                                [&](const auto& one, const auto& other) { return controls(one, other, combine); });
    out.activations =
        combine.part(a.activations, b.activations, kSpectra + "/activations",
                     [&](const auto& one, const auto& other) { return activations(one, other, combine); });
    out.cosines = combine.part(a.cosines, b.cosines, kSpectra + "/cosines",
                               [&](const auto& one, const auto& other) { return cosines(one, other, combine); });
    out.request = request(a, b, out);
    return out;
}

}  // namespace

std::shared_ptr<const Spectra> merge_spectra(const std::shared_ptr<const Spectra>& a,
                                             const std::shared_ptr<const Spectra>& b, const Combine& combine) {
    if (a && b) return std::make_shared<const Spectra>(both_of(*a, *b, combine));
    combine.require_missing_allowed(a.get() == b.get(), a != nullptr, kSpectra);
    return a ? a : b;
}

}  // namespace gatescope
