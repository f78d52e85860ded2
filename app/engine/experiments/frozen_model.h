#pragma once
// A model that a step measures or distils on, with the text that runs hold out. No torch.

#include <memory>

#include "analysis/training/train_plan.h"
#include "app/engine/models.h"
#include "model/train/data/token_data.h"

namespace gatescope {

struct FrozenModel {
    TrainPlan plan;
    std::unique_ptr<Model> model;  // loaded
    std::shared_ptr<const TokenData> data;
    std::shared_ptr<const TextWindows> held_out;
    int threads = 0;  // that its work takes
    std::string device;
};

// As the recipe of a step names model and data; with `hash` the model's summary has the sha256 of its weights. Throws
// Failure, Cancelled.
FrozenModel open_frozen(const Recipe& recipe, bool hash, const DeviceWish& wish, JobContext& job);

// `count` windows that train, from all over the text; all of them where there are fewer.
std::shared_ptr<const TextWindows> windows_to_train(const FrozenModel& frozen, std::int64_t count);

}  // namespace gatescope
