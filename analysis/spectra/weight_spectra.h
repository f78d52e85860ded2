#pragma once
// Section 6 of DEFINITIONS.md for the heads of one checkpoint, from its file: no transformer, one layer at a time, a
// layer a step. No torch here.

#include <cstdint>
#include <memory>

#include "analysis/spectra/spectra_results.h"
#include "model/config.h"
#include "model/core/index_set.h"
#include "model/core/job_context.h"

namespace gatescope {

class CheckpointReader;

class WeightSpectraRun {
  public:
    // Of `request` the weight kernels count (raw, folded, delta, controls, seed). Headers only: throws Failure
    // (kUsage: nothing asked for, no such layer or head, an offset for a model that does not rotate; else as
    // bind_tensors() does), all of it before anything is worked out.
    WeightSpectraRun(std::shared_ptr<const CheckpointReader> checkpoint, const ModelConfig& config, IndexSet layers,
                     IndexSet heads, SpectraRequest request);
    ~WeightSpectraRun();
    WeightSpectraRun(const WeightSpectraRun&) = delete;
    WeightSpectraRun& operator=(const WeightSpectraRun&) = delete;

    // The next layer, its heads shared among the threads; false once nothing is left. Throws Failure and, between
    // heads, Cancelled; the layer is then to be done again.
    bool step(JobContext& job);
    // Layers of the forms that were asked for.
    double done() const;
    double total() const;
    // nullptr until step() said false.
    std::shared_ptr<const Spectra> result() const;

  private:
    class Work;
    std::unique_ptr<Work> work_;
};

// The refusals above, for whoever checks before anything runs. Throws Failure(kUsage).
void check_weight_spectra(const ModelConfig& config, const IndexSet& layers, const IndexSet& heads,
                          const SpectraRequest& request);

}  // namespace gatescope
