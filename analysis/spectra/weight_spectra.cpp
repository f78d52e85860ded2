#include "analysis/spectra/weight_spectra.h"

#include <utility>
#include <vector>

#include "analysis/recorder.h"
#include "analysis/result_id.h"
#include "analysis/spectra/random_kernels.h"
#include "analysis/spectra/random_projections.h"
#include "analysis/spectra/spectrum_tables.h"
#include "model/core/error.h"
#include "model/kernels/head_factors.h"
#include "model/kernels/kernel_spectrum.h"
#include "model/kernels/share_heads.h"

namespace gatescope {

class WeightSpectraRun::Work {
  public:
    Work(std::shared_ptr<const CheckpointReader> checkpoint, const ModelConfig& config, const IndexSet& layers,
         const IndexSet& heads, const SpectraRequest& request)
        : checkpoint_(std::move(checkpoint)),
          reader_(*checkpoint_, config),
          analysed_{layers.members(config.n_layers), heads.members(config.n_heads)},
          request_(request) {
        result_.request = request;
        result_.request.activations = result_.request.cosines = false;
        add_tables(result_.raw, result_.folded);
        if (!request.controls) return;
        result_.controls.emplace().seed = request.seed;
        add_tables(result_.controls->raw_projections, result_.controls->folded_projections);
    }

    // The random kernels come after the last layer.
    bool step(JobContext& job) {
        if (done_ == total()) return false;
        if (done_ < analysed_.n_layers())
            work_out(done_, job);
        else
            result_.controls->kernels = random_kernels(config().d_head, config().d_model, request_.seed, job);
        if (++done_ < total()) return true;
        result_.id = next_result_id();
        whole_ = std::make_shared<const Spectra>(std::move(result_));
        return false;
    }

    std::int64_t done() const { return done_; }
    std::int64_t total() const { return analysed_.n_layers() + (request_.controls ? 1 : 0); }
    std::shared_ptr<const Spectra> result() const { return whole_; }

  private:
    const ModelConfig& config() const { return reader_.config(); }

    void add_tables(std::optional<WeightSpectra>& raw, std::optional<WeightSpectra>& folded) const {
        const WeightSpectra blank =
            blank_weight_spectra(analysed_.n_layers(), analysed_.n_heads(), config().d_head, config().d_model);
        if (request_.raw) raw = blank;
        if (request_.folded) folded = blank;
    }

    void work_out(std::int64_t row, JobContext& job) {
        const std::int64_t layer = analysed_.layers[static_cast<std::size_t>(row)];
        const LayerProjections learned = reader_.read(layer);
        fill(learned, row, result_.raw, result_.folded, job);
        if (!result_.controls) return;
        fill(random_projections(learned, layer, request_.seed), row, result_.controls->raw_projections,
             result_.controls->folded_projections, job);
    }

    // A head at a time on each thread: what works on one matrix of this size gains little from many threads.
    void fill(const LayerProjections& projections, std::int64_t row, std::optional<WeightSpectra>& raw,
              std::optional<WeightSpectra>& folded, JobContext& job) const {
        share_heads(analysed_.n_heads(), [&](std::int64_t column) {
            const std::int64_t head = analysed_.heads[static_cast<std::size_t>(column)];
            const auto fill_one = [&](std::optional<WeightSpectra>& table, bool fold) {
                if (!table) return;
                job.tick();
                const auto [a_ED, b_ED] = head_factors(projections, config(), head, fold, request_.delta);
                put(kernel_spectrum(a_ED, b_ED), row, column, *table);
            };
            fill_one(raw, false);
            fill_one(folded, true);
        });
    }

    std::shared_ptr<const CheckpointReader> checkpoint_;
    KernelReader reader_;
    AnalysedHeads analysed_;
    SpectraRequest request_;
    Spectra result_;
    std::shared_ptr<const Spectra> whole_;
    std::int64_t done_ = 0;
};

void check_weight_spectra(const ModelConfig& config, const IndexSet& layers, const IndexSet& heads,
                          const SpectraRequest& request) {
    if (!request.weights())
        throw Failure(FailureKind::kUsage, "no weight kernels are asked for", {}, "raw, folded or both");
    layers.check(config.n_layers, "layers");
    heads.check(config.n_heads, "heads");
    check_offset(config, request.delta);
}

WeightSpectraRun::WeightSpectraRun(std::shared_ptr<const CheckpointReader> checkpoint, const ModelConfig& config,
                                   IndexSet layers, IndexSet heads, SpectraRequest request) {
    check_weight_spectra(config, layers, heads, request);
    work_ = std::make_unique<Work>(std::move(checkpoint), config, layers, heads, request);
}

WeightSpectraRun::~WeightSpectraRun() = default;

bool WeightSpectraRun::step(JobContext& job) {
    return work_->step(job);
}

double WeightSpectraRun::done() const {
    return static_cast<double>(work_->done());
}

double WeightSpectraRun::total() const {
    return static_cast<double>(work_->total());
}

std::shared_ptr<const Spectra> WeightSpectraRun::result() const {
    return work_->result();
}

}  // namespace gatescope
