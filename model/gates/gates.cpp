// The list of gates: one declaration and one entry each.
#include "model/gates/gate.h"

namespace gatescope {

GateEntry dense_gate();
GateEntry oracle_gate();
GateEntry window_gate();
GateEntry uniform_gate();
GateEntry stochastic_gate();
GateEntry strided_gate();
GateEntry random_gate();
GateEntry learned_gate();
GateEntry soft_random_gate();
GateEntry soft_learned_gate();
GateEntry block_gate();
GateEntry block_mean_gate();
GateEntry block_learned_gate();
GateEntry indexer_gate();
GateEntry heavy_gate();
GateEntry linear_gate();
GateEntry keys_gate();
GateEntry routing_only_gate();
GateEntry filtering_only_gate();
GateEntry kernel_rank_gate();
GateEntry kernel_random_gate();
GateEntry random_projections_gate();
GateEntry ablate_zero_gate();
GateEntry ablate_mean_gate();

std::vector<GateEntry> our_gates() {
    return {dense_gate(),          oracle_gate(),
            window_gate(),         uniform_gate(),
            stochastic_gate(),     strided_gate(),
            random_gate(),         learned_gate(),
            soft_random_gate(),    soft_learned_gate(),
            block_gate(),          block_mean_gate(),
            block_learned_gate(),  indexer_gate(),
            heavy_gate(),          linear_gate(),
            keys_gate(),           routing_only_gate(),
            filtering_only_gate(), kernel_rank_gate(),
            kernel_random_gate(),  random_projections_gate(),
            ablate_zero_gate(),    ablate_mean_gate()};
}

}  // namespace gatescope
