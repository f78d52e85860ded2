#include "model/train/losses/losses.h"

#include "model/core/registry.h"

namespace gatescope {

const std::vector<LossEntry>& losses() {
    static const std::vector<LossEntry> all = {kl_loss(), bce_loss()};
    return all;
}

const LossEntry& loss_entry(const std::string& id) {
    return find_entry(losses(), id, "loss");
}

}  // namespace gatescope
