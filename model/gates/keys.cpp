// Shapes: H head, Q query, K key.
#include <ATen/ops/zeros.h>

#include <algorithm>

#include "model/core/error.h"
#include "model/gates/budgets.h"
#include "model/gates/gate.h"
#include "model/gates/stored_keys.h"

namespace gatescope {
namespace {

class Keys final : public Gate {
  public:
    explicit Keys(std::shared_ptr<const StoredKeys> stored) : stored_(std::move(stored)) {
        if (stored_ == nullptr)
            throw Failure(FailureKind::kUsage, "its sets were not read", "gate keys", "read them before it runs");
    }

    void prepare(const LayerInput& layer, const GateContext& context) override {
        const auto found = std::find(stored_->layers.begin(), stored_->layers.end(), layer.layer);
        if (found == stored_->layers.end() || context.window >= stored_->windows ||
            layer.q_HTE.size(1) > stored_->queries)
            throw Failure(
                FailureKind::kUsage,
                "has no sets for layer " + std::to_string(layer.layer) + " of window " + std::to_string(context.window),
                stored_->name);
        layer_ = static_cast<std::size_t>(found - stored_->layers.begin());
        window_ = context.window;
    }

    GateEffect apply(const QueryBlock& block) const override {
        at::Tensor keep_HQK = at::zeros(block.scores_HQK.sizes(), at::TensorOptions().dtype(at::kBool));
        const std::int64_t n_heads = keep_HQK.size(0), n_keys = keep_HQK.size(2);
        bool* const keep = keep_HQK.data_ptr<bool>();
        for (std::size_t place = 0; place < stored_->heads.size(); ++place) {
            const std::int64_t head = stored_->heads[place] - block.head_begin;
            if (head < 0 || head >= n_heads) continue;
            for (std::int64_t query = block.query_begin; query < block.query_end; ++query) {
                bool* const row = keep + (head * keep_HQK.size(1) + query - block.query_begin) * n_keys;
                for (const std::int32_t key : stored_->row(window_, layer_, place, query))
                    if (key >= 0) row[key] = true;
            }
        }
        return KeyMask{keep_HQK.to(block.scores_HQK.device()), /*as_it_is=*/true};
    }

  private:
    std::shared_ptr<const StoredKeys> stored_;
    std::size_t layer_ = 0;
    std::int64_t window_ = 0;
};

ParamSpec sets_file_param() {
    return {.key = "file",
            .label = "Sets of keys",
            .help = "A capture with masks, or an .npy [window, layer, head, query, slot] padded with -1.",
            .kind = ParamKind::kFile,
            .initial = std::string(),
            .required = true};
}

ParamSpec gate_of_capture_param() {
    return {.key = "gate",
            .label = "Gate in it",
            .help = "Which of a capture's gates, as in gate=\"oracle:k=8\"; needed where several have sets.",
            .kind = ParamKind::kText,
            .initial = std::string()};
}

}  // namespace

GateEntry keys_gate() {
    GateEntry entry;
    entry.info = {.id = "keys",
                  .label = "Stored keys",
                  .help = "Keeps the sets of keys that a capture or a NumPy file holds: anybody's own method.",
                  .granularity = "token",
                  .source = "a file of sets",
                  .budget = "the sets as they are",
                  .params = {sets_file_param(), gate_of_capture_param()},
                  .traits = {.swept = Swept::kNothing, .needs_file = true}};
    entry.make = [](const GateTerm& term) -> std::unique_ptr<Gate> { return std::make_unique<Keys>(term.keys); };
    entry.budget = whole_budget;
    entry.set_budget = nullptr;
    return entry;
}

}  // namespace gatescope
