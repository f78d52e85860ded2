#pragma once
// Training runs of fake_world.h: a step is a turn, folders are kept in memory.

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "analysis/results.h"
#include "analysis/training/training_results.h"

namespace gatescope {

struct FakeRunFolder {
    TrainPlan plan;
    std::vector<RunCheckpoint> checkpoints;
};

struct FakeRuns {
    std::atomic<bool> hold{false};                          // a step ticks on until this is false
    std::atomic<bool> hold_preparing{false};                // so does the opening of a run
    std::atomic<bool> disk_full{false};                     // no checkpoint can be written
    std::atomic<bool> no_room_for_captures{false};          // none can be written
    std::atomic<std::int64_t> steps{0};                     // trained, to their end
    std::atomic<std::int64_t> cancelled{0};                 // steps that were begun in vain
    std::atomic<std::int64_t> views{0};                     // pictures taken
    std::atomic<std::int64_t> checkpoints{0}, captures{0};  // written
    std::atomic<std::int64_t> in_memory{0};
    std::function<void(const TrainPlan& plan, std::int64_t step)> at_step;  // called before it is trained; may throw

    std::mutex mutex;  // guards the rest
    std::map<std::string, FakeRunFolder> folders;
    std::map<std::string, std::shared_ptr<const RunResult>> captured;  // run.h5, by the folder
    std::map<std::string, Recipe> recipes;                             // of several runs, by their folder
    std::set<std::thread::id> capture_threads;                         // that wrote run.h5
    std::vector<std::string> begun;  // names of runs, and from which step: "tiny seed 1 from 0"

    std::shared_ptr<const RunResult> capture_in(const std::string& folder) {
        const std::lock_guard lock(mutex);
        const auto found = captured.find(folder);
        return found == captured.end() ? nullptr : found->second;
    }
    std::int64_t last_checkpoint(const std::string& folder) {
        const std::lock_guard lock(mutex);
        const auto& there = folders[folder].checkpoints;
        return there.empty() ? -1 : there.back().step;
    }
};

}  // namespace gatescope
