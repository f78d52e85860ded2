#pragma once
// The gates that can be trained, each in its own file.

#include "model/train/trainable_gate.h"

namespace gatescope {

TrainableGate trainable_learned();
TrainableGate trainable_block_learned();
TrainableGate trainable_indexer();

// A and B of a bilinear gate as `random` draws them, on x's device.
GateArrays random_bilinear(const LayerInput& input, const TrainShape& shape);

}  // namespace gatescope
