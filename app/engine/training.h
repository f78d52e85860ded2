#pragma once
// A distillation on its way: what was asked for and, once its first turn came, what it runs on. Made on the window's
// thread; from then on the worker's, but for flags and count.

#include <atomic>
#include <chrono>
#include <memory>

#include "analysis/distillation.h"
#include "app/engine/models.h"

namespace gatescope {

struct Training {
    explicit Training(DistillRequest wanted, bool replace) : request(std::move(wanted)), overwrite(replace) {}

    const DistillRequest request;
    const bool overwrite;
    std::atomic<bool> paused{false};
    std::atomic<bool> over{false};
    std::atomic<int> jobs{0};  // sent for it so far; only the newest may end it

    bool parked = false;  // the last turn found it paused: its job is over, it is not
    std::shared_ptr<Model> model;
    std::unique_ptr<Distillation> run;  // the model outlives it
    std::string model_sha256;
    std::chrono::steady_clock::time_point next_publish;
};

}  // namespace gatescope
