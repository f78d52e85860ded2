#include "model/gates/indexer.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/relu.h>

#include <map>

#include "model/core/error.h"
#include "model/gates/bilinear_file.h"
#include "model/gates/budgets.h"
#include "model/gates/gate_params.h"

namespace gatescope {
namespace {

GateFile open_file(const GateTerm& term) {
    constexpr auto kModel = GateDimension::kModel, kGate = GateDimension::kGate, kHeads = GateDimension::kGateHeads;
    return {
        text(term.values, "file"),
        "indexer",
        {{"index_query", {kHeads, kModel, kGate}}, {"index_key", {kModel, kGate}}, {"index_weight", {kModel, kHeads}}}};
}

class Indexer final : public Gate {
  public:
    explicit Indexer(IndexerSource source) : source_(std::move(source)) {}

    void prepare(const LayerInput& layer, const GateContext&) override {
        auto found = layers_.find(layer.layer);
        if (found == layers_.end()) found = layers_.emplace(layer.layer, source_(layer)).first;
        sides_ = indexer_sides(layer.x_TD, found->second);
    }

    bool reads_scores() const override { return false; }
    GateEffect apply(const QueryBlock& block) const override {
        return KeyRanking{indexer_scores(sides_.query_MTR.slice(1, block.query_begin, block.query_end),
                                         sides_.key_TR.slice(0, 0, block.scores_HQK.size(2)),
                                         sides_.weight_TM.slice(0, block.query_begin, block.query_end))
                              .unsqueeze(0)};
    }

  private:
    IndexerSource source_;
    std::map<std::int64_t, IndexerArrays> layers_;
    IndexerSides sides_;
};

std::unique_ptr<Gate> indexer_of_file(const GateTerm& term) {
    const auto file = std::make_shared<const GateFile>(open_file(term));
    return indexer_from([file](const LayerInput& layer) {
        IndexerArrays arrays{gate_array(*file, layer, "index_query"), gate_array(*file, layer, "index_key"),
                             gate_array(*file, layer, "index_weight")};
        if (arrays.key_DR.size(0) != layer.x_TD.size(1))
            throw Failure(FailureKind::kBadFile, "doesn't fit the model", "layers." + std::to_string(layer.layer));
        return arrays;
    });
}

}  // namespace

std::unique_ptr<Gate> indexer_from(IndexerSource source) {
    return std::make_unique<Indexer>(std::move(source));
}

IndexerSides indexer_sides(const at::Tensor& x_TD, const IndexerArrays& arrays) {
    const at::Tensor x = x_TD.to(at::kFloat);
    return {head_projection(x, arrays.query_MDR), at::mm(x, arrays.key_DR), at::mm(x, arrays.weight_DM)};
}

at::Tensor indexer_scores(const at::Tensor& query_MQR, const at::Tensor& key_KR, const at::Tensor& weight_QM) {
    const at::Tensor agreement_MQK = at::relu(at::matmul(query_MQR, key_KR.t()));
    return (agreement_MQK * weight_QM.t().unsqueeze(2)).sum(0);
}

GateEntry indexer_gate() {
    GateEntry entry;
    entry.info = {
        .id = "indexer",
        .label = "Indexer",
        .help = "Keeps the k keys that a trained light scorer ranks highest, the same for all heads of a layer.",
        .granularity = "token",
        .source = "DeepSeek-AI 2025 (lightning indexer)",
        .budget = "k keys",
        .training = "KL or BCE to the mean pattern of the heads",
        .params = {keys_param(), file_param(), sinks_param(), local_param(), other_model_param()},
        .traits = {.trainable = true, .needs_file = true}};
    entry.make = [](const GateTerm& term) { return indexer_of_file(term); };
    entry.budget = keys_budget;
    entry.set_budget = set_keys_budget;
    entry.check_file = [](const GateTerm& term, const GateModel& model) {
        open_file(term).check(model, term.layers, flag(term.values, "other_model"));
    };
    return entry;
}

}  // namespace gatescope
