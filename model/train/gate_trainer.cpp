#include "model/train/gate_trainer.h"

#include <array>
#include <utility>

#include "model/gates/gate.h"
#include "model/transformer/transformer.h"

namespace gatescope {
namespace {

// Shows its layer's projections to whoever asks: those are there only while a gate prepares.
class KernelWitness final : public Gate {
  public:
    explicit KernelWitness(std::function<void(const LayerInput&)> seen) : seen_(std::move(seen)) {}
    void prepare(const LayerInput& layer, const GateContext&) override { seen_(layer); }
    GateEffect apply(const QueryBlock&) const override { return KeepAll{}; }

  private:
    std::function<void(const LayerInput&)> seen_;
};

}  // namespace

GateTrainer::GateTrainer(const TrainableGate& gate, const LossEntry& loss, TrainShape shape, const IndexSet& layers)
    : gate_(gate), loss_(loss), shape_(shape), layers_(layers) {}

void GateTrainer::start(Transformer& model, bool from_kernel, JobContext& job) {
    std::map<std::int64_t, GateArrays> first;  // all of them, or none
    const auto begin = [&](const LayerInput& input) {
        if (!layers_.contains(input.layer)) return;
        first[input.layer] =
            from_kernel ? gate_.from_kernel(input, model.config(), shape_) : gate_.random(input, shape_);
    };
    GateSpec all = parse_gate("ablate-zero");  // a term for every layer, whose gate here is another
    GateRun run(std::move(all), {std::make_shared<KernelWitness>(begin)});
    constexpr std::array<std::int32_t, 2> kIds{0, 0};
    (void)model.forward({.ids = kIds, .gate = &run}, job);
    arrays_ = std::move(first);
}

void GateTrainer::begin_window(std::int64_t, std::span<const std::int32_t>) {
    graph_.reset();
    gradients_.clear();
    loss_sum_ = 0;
    losses_ = 0;
}

void GateTrainer::on_layer(const LayerInput& input) {
    finish_layer();
    if (!layers_.contains(input.layer)) return;
    layer_ = input.layer;
    graph_ = gate_.graph(input, arrays_.at(input.layer), shape_);
    const std::int64_t length = input.x_TD.size(0);
    terms_ = static_cast<double>(length);
    if (!loss_.over_pairs) return;
    terms_ = 0;
    for (std::int64_t query = 0; query < length; ++query) {
        const ColumnRange columns = graph_->columns(query);
        terms_ += static_cast<double>(columns.end - columns.begin);
    }
}

void GateTrainer::on_block(const PatternBlock& block) {
    ScoreRows rows{graph_->scores(block), loss_.on_sets ? graph_->oracle(block) : graph_->pattern(block), {}, {}};
    for (std::int64_t query = block.query_begin; query < block.query_end; ++query) {
        const ColumnRange columns = graph_->columns(query);
        rows.begin.push_back(columns.begin);
        rows.end.push_back(columns.end);
    }
    if (learning_) {
        scores_to_gradient(loss_, rows, 1.0 / terms_);
        graph_->backward(block, rows.scores_SQK);
        return;
    }
    loss_sum_ += loss_sum(loss_, rows) / (terms_ * static_cast<double>(rows.scores_SQK.size(0)));
}

void GateTrainer::end_window() {
    finish_layer();
}

void GateTrainer::finish_layer() {
    if (!graph_) return;
    if (learning_) gradients_[layer_] = graph_->gradients();
    ++losses_;
    graph_.reset();
}

double GateTrainer::loss() const {
    return loss_sum_ / static_cast<double>(losses_);
}

void GateTrainer::step(double learning_rate) {
    std::vector<at::Tensor> arrays, gradients;
    for (const auto& [layer, own] : gradients_) {
        arrays.insert(arrays.end(), arrays_.at(layer).begin(), arrays_.at(layer).end());
        gradients.insert(gradients.end(), own.begin(), own.end());
    }
    adam_.step(arrays, gradients, learning_rate);
    gradients_.clear();
}

ArraySource GateTrainer::source() const {
    return [this](const LayerInput& layer) { return arrays_.at(layer.layer); };
}

}  // namespace gatescope
