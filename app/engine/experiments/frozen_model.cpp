#include "app/engine/experiments/frozen_model.h"

#include <algorithm>
#include <utility>

#include "app/engine/runs/own_threads.h"
#include "app/engine/runs/run_parts.h"
#include "model/transformer/device.h"
#include "model/transformer/transformer.h"

namespace gatescope {

FrozenModel open_frozen(const Recipe& recipe, bool hash, const DeviceWish& wish, JobContext& job) {
    FrozenModel out;
    out.plan = train_plans(recipe).at(0);
    out.threads = out.plan.threads > 0 ? out.plan.threads : wish.threads > 0 ? wish.threads : threads_now();
    const OwnThreads own(out.threads);
    out.device = parse_device(wish.device).str();
    const RunParts parts = open_data(out.plan, job);
    out.data = parts.data;
    out.held_out = held_out_text(out.plan, parts);
    DeviceWish own_wish = wish;
    own_wish.threads = 0;  // `own` has set them
    own_wish.dtype = "float32";
    own_wish.window_length = out.plan.window_length;
    own_wish.maps = false;
    out.model = open_model(out.plan.checkpoint, true, hash, own_wish, job);
    return out;
}

std::shared_ptr<const TextWindows> windows_to_train(const FrozenModel& frozen, std::int64_t count) {
    auto out = std::make_shared<TextWindows>();
    out->name = frozen.data->name();
    out->window_length = frozen.plan.window_length;
    const std::size_t all = frozen.data->train_windows();
    const std::size_t some = std::min(all, static_cast<std::size_t>(std::max<std::int64_t>(count, 1)));
    for (std::size_t n = 0; n < some; ++n) {
        const auto window = frozen.data->train_window(n * all / some);
        out->windows.emplace_back(window.begin(), window.end());
    }
    return out;
}

}  // namespace gatescope
