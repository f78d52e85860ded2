#pragma once
// Training runs as command lines that make the same. No torch.

#include <string>

#include "app/engine/commands.h"

namespace gatescope {

// `gatescope train tiny --set train.steps=100 --out runs/tiny`: one of our recipes by its name with what was changed.
// Where that can't say it (other arms, other seeds, a recipe of one's own), `file` is named: where the recipe was read
// from or saved to; by default NAME.json, as which it is to be saved.
std::string train_command(const StartRuns& start, const std::string& device = "best", const std::string& file = {});

}  // namespace gatescope
