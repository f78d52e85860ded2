#include "app/engine/spectra_pass.h"

#include <iterator>
#include <utility>

#include "app/engine/spectra_parts.h"

namespace gatescope {

bool SpectraPass::step(const SpectraRequest& wish, Model& model, std::shared_ptr<const TextWindows> text,
                       const RunRequest& windows, JobContext& job) {
    const SpectraRequest wanted = missing_activations(wish, whole_.get(), std::ssize(text->windows));
    if (!wanted.activations && !wanted.cosines) return false;
    if (!measurement_ || asked_ != wanted) {
        RunRequest request;
        request.window_length = windows.window_length;
        request.windows = windows.windows;
        request.layers = windows.layers;
        request.heads = windows.heads;
        request.concentration = request.agreement = false;
        request.spectra = wanted;
        measurement_ = std::make_unique<Measurement>(*model.transformer, std::move(request), model.summary, text);
        measurement_->keep_window(-1);
        asked_ = wanted;
    }
    if (measurement_->step(job)) return true;
    whole_ = result();
    measurement_.reset();
    return false;
}

double SpectraPass::done() const {
    return measurement_ ? measurement_->done() : 0;
}

double SpectraPass::total() const {
    return measurement_ ? measurement_->total() : 0;
}

std::shared_ptr<const Spectra> SpectraPass::result() const {
    if (!measurement_) return whole_;
    const auto run = measurement_->result();
    return run->windows_done == 0 ? whole_ : with_activations(run->spectra.get(), whole_.get());
}

}  // namespace gatescope
