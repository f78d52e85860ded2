#include "app/window/spectra_wishes.h"

#include <algorithm>

#include "analysis/spectra/spectra_metrics.h"

namespace gatescope {

namespace {

SpectraRequest weights_of(SpectraRequest request) {
    request.activations = request.cosines = false;
    return request;
}

// Weight kernels that something on the screen shows.
SpectraRequest shown_weights(const Snapshot& snapshot, const ViewState& view) {
    SpectraRequest out;
    out.delta = shown_delta(snapshot, view);
    if (view.layout == LayoutId::kSpectra) {
        out.raw = view.spectra.form == KernelForm::kRaw;
        out.folded = view.spectra.form == KernelForm::kFolded;
        out.controls = view.spectra.controls;
        for (const std::string& axis : {view.spectra.scatter_x, view.spectra.scatter_y})
            out = weights_of(with_metric(out, axis));
    }
    if (view.layout != LayoutId::kRuns) out = weights_of(with_metric(out, view.metric));
    return out;
}

bool measuring(const Snapshot& snapshot) {
    return std::any_of(snapshot.jobs.begin(), snapshot.jobs.end(),
                       [](const JobStatus& job) { return job.kind == "spectra"; });
}

}  // namespace

SpectraRequest joined(SpectraRequest first, const SpectraRequest& more) {
    first.raw |= more.raw;
    first.folded |= more.folded;
    first.controls |= more.controls;
    first.activations |= more.activations;
    first.cosines |= more.cosines;
    first.delta = more.delta;
    return first;
}

bool covers(const SpectraRequest& there, const SpectraRequest& need) {
    const bool same_offset = !need.weights() || there.delta == need.delta;
    return same_offset && joined(there, need) == joined(there, {.delta = need.delta});
}

std::int64_t shown_delta(const Snapshot& snapshot, const ViewState& view) {
    return why_no_delta(snapshot).empty() ? view.spectra.delta : 0;
}

std::string why_no_delta(const Snapshot& snapshot) {
    if (snapshot.capture != nullptr) return "A capture holds the kernels of one offset";
    if (snapshot.model == nullptr) return "No model is open";
    return snapshot.model->config.rope_dims > 0
               ? ""
               : "This model's positions aren't rotary: its kernel is the same at every offset";
}

std::optional<MeasureSpectra> SpectraWishes::next(const Snapshot& snapshot, const ViewState& view,
                                                  const std::optional<SpectraRequest>& asked) {
    const std::string model =
        snapshot.model == nullptr ? "" : snapshot.settings.model_path + "\n" + snapshot.model->name;
    if (model != model_) tried_ = sent_ = {};
    model_ = model;
    if (snapshot.model == nullptr || snapshot.capture != nullptr) return std::nullopt;
    const SpectraRequest there = snapshot.spectra == nullptr ? SpectraRequest() : snapshot.spectra->spectra->request;
    SpectraRequest need = shown_weights(snapshot, view);
    // What was there once is asked for again should it go.
    if (covers(there, tried_)) tried_ = {.delta = need.delta};
    if (asked) {
        need = joined(need, *asked);
        need.delta = shown_delta(snapshot, view);
    } else if (!need.weights() || covers(there, need) || covers(tried_, need)) {
        return std::nullopt;
    }
    // What is under way goes on.
    const SpectraRequest wish = joined(measuring(snapshot) ? sent_ : there, need);
    tried_ = weights_of(tried_.delta == wish.delta ? joined(tried_, wish) : wish);
    sent_ = wish;
    return MeasureSpectra{wish};
}

}  // namespace gatescope
