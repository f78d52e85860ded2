// The list of gates: one declaration and one entry each.
#include "model/gates/gate.h"

namespace gatescope {

GateEntry dense_gate();
GateEntry oracle_gate();
GateEntry window_gate();
GateEntry uniform_gate();
GateEntry strided_gate();
GateEntry learned_gate();

const std::vector<GateEntry>& gate_entries() {
    static const std::vector<GateEntry> entries{dense_gate(),   oracle_gate(),  window_gate(),
                                                uniform_gate(), strided_gate(), learned_gate()};
    return entries;
}

}  // namespace gatescope
