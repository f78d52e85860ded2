// Alone in its file, so that a test which brings a list of its own (ours and one gate more) is linked with that one.
#include "model/gates/gate.h"

namespace gatescope {

const std::vector<GateEntry>& gate_entries() {
    static const std::vector<GateEntry> entries = our_gates();
    return entries;
}

}  // namespace gatescope
