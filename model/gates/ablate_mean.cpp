// Shapes: H head, Q query, E d_head.
#include "model/core/error.h"
#include "model/gates/head_means.h"
#include "model/gates/kernel_gate.h"

namespace gatescope {
namespace {

class AblateMean final : public Gate {
  public:
    void use_means(std::shared_ptr<const HeadMeans> means) override { means_ = std::move(means); }

    void prepare(const LayerInput& layer, const GateContext&) override {
        if (means_ == nullptr || !means_->z_HE.contains(layer.layer))
            throw Failure(FailureKind::kUnsupported, "the heads' mean outputs are not at hand", "gate ablate-mean");
        mean_HE_ = means_->z_HE.at(layer.layer).to(layer.q_HTE.device());
    }

    GateEffect apply(const QueryBlock& block) const override {
        const at::Tensor mean_HE = mean_HE_.narrow(0, block.head_begin, block.scores_HQK.size(0));
        return HeadOutput{
            mean_HE.unsqueeze(1).expand({mean_HE.size(0), block.query_end - block.query_begin, mean_HE.size(1)})};
    }

  private:
    std::shared_ptr<const HeadMeans> means_;
    at::Tensor mean_HE_;
};

}  // namespace

GateEntry ablate_mean_gate() {
    GateEntry entry = intervention_entry(
        {.id = "ablate-mean",
         .label = "Ablate to the mean",
         .help = "The head's output becomes its mean over the windows' tokens, found by a dense pass before.",
         .granularity = {},
         .source = "Michel et al. 2019, with the mean",
         .budget = "no keys",
         .params = {},
         .traits = {.needs_means = true, .reads = GateReads::kNothing}});
    entry.make = [](const GateTerm&) -> std::unique_ptr<Gate> { return std::make_unique<AblateMean>(); };
    return entry;
}

}  // namespace gatescope
