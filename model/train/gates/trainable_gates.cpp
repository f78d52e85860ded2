#include "model/core/registry.h"
#include "model/train/gates/gates.h"

namespace gatescope {

const std::vector<TrainableGate>& trainable_kinds() {
    static const std::vector<TrainableGate> all = {trainable_learned(), trainable_block_learned(), trainable_indexer()};
    return all;
}

const TrainableGate& trainable_gate(const std::string& id) {
    return find_entry(trainable_kinds(), id, "trainable gate");
}

}  // namespace gatescope
