#pragma once
// Experiments of fake_world.h: a step a seed, each of so many pieces; folders and captures are kept in memory.

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "analysis/experiments/experiment_result.h"

namespace gatescope {

struct FakeExperimentFolder {
    ExperimentSetting setting;
    std::int64_t pieces = 0;  // done and saved
};

struct FakeExperiments {
    std::atomic<bool> hold{false};            // a piece ticks on until this is false
    std::atomic<std::int64_t> hold_at{-1};    // so does the piece of this number
    std::atomic<bool> hold_preparing{false};  // so does going on with a folder
    std::atomic<bool> hold_plans{false};      // and a plan
    std::atomic<bool> hold_probes{false};     // and an estimate
    std::atomic<bool> disk_full{false};       // nothing can be saved, no capture written
    std::atomic<std::int64_t> pieces_of_a_step{5};
    std::atomic<std::int64_t> pieces{0};     // done, to their end
    std::atomic<std::int64_t> cancelled{0};  // begun in vain
    std::atomic<std::int64_t> views{0};
    std::atomic<std::int64_t> plans{0}, probes{0};  // to their end
    std::atomic<std::int64_t> in_memory{0};
    std::function<void(const ExperimentSetting& setting, std::int64_t piece)> at_piece;  // called before it; may throw

    std::mutex mutex;  // guards the rest
    std::map<std::string, FakeExperimentFolder> folders;
    std::map<std::string, std::shared_ptr<const ExperimentResult>> captured;  // by the file
    std::set<std::thread::id> capture_threads;                                // that wrote them
    std::set<std::string> titles;                                             // of jobs, as pieces were begun
    std::vector<std::string> begun;  // folder and piece: "/experiments/one from 0"

    std::shared_ptr<const ExperimentResult> capture_at(const std::string& path) {
        const std::lock_guard lock(mutex);
        const auto found = captured.find(path);
        return found == captured.end() ? nullptr : found->second;
    }
    std::int64_t saved(const std::string& folder) {
        const std::lock_guard lock(mutex);
        const auto found = folders.find(folder);
        return found == folders.end() ? -1 : found->second.pieces;
    }
};

// Any experiment but "unknown" can be planned, on any model but "missing"; the folder "full" has no room. An estimate
// is ten seconds a step.

}  // namespace gatescope
