#pragma once
// What a session of the gate lab shows, made up by rule after the sample model's own numbers, for tests of the window.

#include <memory>
#include <vector>

#include "app/engine/snapshot.h"

namespace gatescope::fake {

// A training of `learned` by KL after `step` of 1,000 steps; with its file from step 1,000 on.
std::shared_ptr<const DistillRun> distillation(std::int64_t step);
// Of a hard gate and of its soft sister over 30 layers.
std::vector<GateGradient> gradients();
// Oracle, learned and sliding window at 8 to 128 keys; the first `points` of 15.
std::shared_ptr<const RunResult> sweep(std::size_t points = 15);
// 30 layers at 8 to 128 keys; the first `done` of 150 points, with a proposal from 150 on.
std::shared_ptr<const SensitivityResult> sensitivity(std::int64_t done = 150);

// The same of kernels' ranks: perplexity over rank, of all layers and of each alone.
std::shared_ptr<const RunResult> rank_sweep();
std::shared_ptr<const SensitivityResult> rank_sensitivity();
// snapshot() with all of the above: trained, swept and measured, nothing under way.
Snapshot lab();

}  // namespace gatescope::fake
