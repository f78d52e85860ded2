#pragma once
// The losses that there are, each in its own file.

#include "model/train/loss.h"

namespace gatescope {

LossEntry kl_loss();
LossEntry bce_loss();

}  // namespace gatescope
