#pragma once
// A session with training runs that are made up (tests/support/fake_runs.h).

#include <filesystem>
#include <string>
#include <vector>

#include "tests/app/engine/session_fixture.h"

namespace gatescope {

class RunsFixture : public SessionTest {
  protected:
    static constexpr std::int64_t kForever = 1'000'000'000;

    void SetUp() override {
        SessionTest::SetUp();
        start();
        wait(measured);
    }
    // What the fakes make up is in no file, so the folder is there in name alone.
    static std::string path(const std::string& name) { return "/runs/" + name; }
    static StartRuns run(const std::string& name, std::int64_t steps, std::vector<std::int64_t> seeds = {0}) {
        StartRuns out;
        out.recipe = default_recipe();
        out.recipe.name = name;
        out.recipe.seeds = std::move(seeds);
        out.recipe.values["model.from"] = std::string("checkpoint");
        out.recipe.values["model.checkpoint"] = std::string("sample");
        out.recipe.values["train.steps"] = steps;
        out.recipe.values["train.warmup"] = std::int64_t{0};
        out.recipe.values["report.checkpoint_every"] = std::int64_t{10};
        out.folder = path(name);
        return out;
    }
    static const RunView* shown(const Snapshot& snapshot, const std::string& name) {
        for (const auto& view : snapshot.runs)
            if (view->folder == path(name)) return view.get();
        return nullptr;
    }
    static bool is(const Snapshot& snapshot, const std::string& name, const std::string& status) {
        const RunView* view = shown(snapshot, name);
        return view && view->status == status;
    }
    Picture wait_for(const std::string& name, const std::string& status) {
        return wait([&](const Snapshot& now) { return is(now, name, status); });
    }
    // It is at work, within a step, for longer than any test.
    void begin_and_hold(const std::string& name) {
        send(run(name, kForever));
        wait([](const Snapshot&) { return world().runs.steps > 3; });
        world().runs.hold = true;
        wait_for(name, "running");
    }
    static std::vector<std::string> names(const Snapshot& snapshot) {
        std::vector<std::string> out;
        for (const auto& view : snapshot.runs) out.push_back(std::filesystem::path(view->folder).filename());
        return out;
    }
    static std::vector<std::string> begun() {
        const std::lock_guard lock(world().runs.mutex);
        return world().runs.begun;
    }
};

}  // namespace gatescope
