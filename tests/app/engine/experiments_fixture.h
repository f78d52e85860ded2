#pragma once
// A session with experiments that are made up (tests/support/fake_experiment_run.h).

#include <filesystem>
#include <string>
#include <vector>

#include "tests/app/engine/runs_fixture.h"

namespace gatescope {

class ExperimentsFixture : public RunsFixture {
  protected:
    static FakeExperiments& fakes() { return world().experiments; }
    // What the fakes make up is in no file, so the folder is there in name alone.
    static std::string place(const std::string& name) { return "/experiments/" + name; }
    static ExperimentSetting setting(std::vector<std::int64_t> seeds = {0, 1}) {
        ExperimentSetting out;
        out.experiment = "soft-gating";
        out.seeds = std::move(seeds);
        return out;
    }
    static StartExperiment experiment(const std::string& name, std::vector<std::int64_t> seeds = {0, 1}) {
        return {setting(std::move(seeds)), place(name)};
    }
    static const ExperimentView* listed(const Snapshot& snapshot, const std::string& name) {
        for (const auto& view : snapshot.experiments)
            if (view->folder == place(name)) return view.get();
        return nullptr;
    }
    static bool stands(const Snapshot& snapshot, const std::string& name, const std::string& status) {
        const ExperimentView* view = listed(snapshot, name);
        return view && view->status == status;
    }
    Picture wait_until(const std::string& name, const std::string& status) {
        return wait([&](const Snapshot& now) { return stands(now, name, status); });
    }
    // It is at work, within a piece of its first step, for longer than any test.
    void begin_experiment_and_hold(const std::string& name) {
        fakes().pieces_of_a_step = 1'000'000'000;
        send(experiment(name));
        wait([](const Snapshot&) { return fakes().pieces > 3; });
        fakes().hold = true;
        wait_until(name, "running");
    }
    static std::vector<std::string> begun_experiments() {
        const std::lock_guard lock(fakes().mutex);
        return fakes().begun;
    }
    static void forget_experiment(const std::string& name, std::int64_t pieces) {
        const std::lock_guard lock(fakes().mutex);
        fakes().folders[place(name)].pieces = pieces;
    }
};

}  // namespace gatescope
