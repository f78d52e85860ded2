#pragma once
// A random layer with its dense pattern, cut into blocks of queries as the decoder shows them, and a gate's graph on
// it. Shapes: H head, Q query, K key, T token.

#include <ATen/ops/softmax.h>

#include <memory>
#include <string>
#include <vector>

#include "model/train/loss.h"
#include "model/train/trainable_gate.h"
#include "tests/model/gates/gate_fixture.h"

namespace gatescope::testing_support {

struct TrainWorld {
    explicit TrainWorld(const Layer& of = {}) : layer(of), input(layer.input()), scores_HTT(layer.scores(input)) {}

    std::vector<PatternBlock> blocks(std::int64_t queries) const {
        const at::Tensor pattern_HTT = at::softmax(scores_HTT, -1);
        std::vector<PatternBlock> out;
        for (std::int64_t begin = 0; begin < layer.tokens; begin += queries) {
            const std::int64_t end = std::min(begin + queries, layer.tokens);
            const auto cut = [&](const at::Tensor& whole) {
                return whole.slice(1, begin, end).slice(2, 0, end).contiguous();
            };
            out.push_back({layer.layer, begin, end, input.reach, cut(scores_HTT), {}, cut(pattern_HTT)});
        }
        return out;
    }

    ScoreRows rows(ScoreGraph& graph, const LossEntry& loss, const PatternBlock& block) const {
        ScoreRows out{graph.scores(block), loss.on_sets ? graph.oracle(block) : graph.pattern(block), {}, {}};
        for (std::int64_t query = block.query_begin; query < block.query_end; ++query) {
            out.begin.push_back(graph.columns(query).begin);
            out.end.push_back(graph.columns(query).end);
        }
        return out;
    }

    // All queries' losses added up, and the gradients of that sum by the arrays.
    double loss(const TrainableGate& gate, const LossEntry& entry, const GateArrays& arrays, const TrainShape& shape,
                std::int64_t queries = 7) const {
        const auto graph = gate.graph(input, arrays, shape);
        double sum = 0;
        for (const PatternBlock& block : blocks(queries)) sum += loss_sum(entry, rows(*graph, entry, block));
        return sum;
    }
    GateArrays gradients(const TrainableGate& gate, const LossEntry& entry, const GateArrays& arrays,
                         const TrainShape& shape, std::int64_t queries = 7) const {
        const auto graph = gate.graph(input, arrays, shape);
        for (const PatternBlock& block : blocks(queries)) {
            ScoreRows own = rows(*graph, entry, block);
            scores_to_gradient(entry, own, 1.0);
            graph->backward(block, own.scores_SQK);
        }
        return graph->gradients();
    }

    Layer layer;
    LayerInput input;
    at::Tensor scores_HTT;
};

}  // namespace gatescope::testing_support
