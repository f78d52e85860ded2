// Experiments that stop, are killed and go on. This program starts itself as the child that is killed.
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <random>

#include "tests/app/engine/experiments/experiment_fixture.h"

namespace gatescope {
namespace {

constexpr char kChild[] = "run-until-killed";

ExperimentSetting setting_on(const fs::path& text) {
    ExperimentSetting out = small_setting("post-hoc", text);
    out.seeds = {3};
    return out;
}

TEST(StoppedExperiment, AfterAnyPieceItGoesOnToTheSameOutcomes) {
    const Place place;
    const auto whole = begin(setting_on(place / "text.txt"), place / "whole" / "x");
    const int pieces = finish(*whole);
    ASSERT_GT(pieces, 40);
    const auto seed = std::random_device{}();
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    for (int part = 0; part < 6; ++part) {
        const int stop = pieces * part / 6 + static_cast<int>(random() % static_cast<unsigned>(pieces / 6));
        SCOPED_TRACE("stopped after " + std::to_string(stop));
        const fs::path folder = place / ("stopped-" + std::to_string(part)) / "x";
        {
            JobContext job;
            const auto run = begin(setting_on(place / "text.txt"), folder);
            for (int piece = 0; piece < stop; ++piece) ASSERT_TRUE(run->step(job));
            if (part % 2 == 0) run->save(job);
        }
        const auto rest = go_on(folder);
        finish(*rest);
        EXPECT_TRUE(rest->view()->warnings.empty());
        expect_equal_outcomes(place / "whole" / "x", folder);
    }
}

TEST(StoppedExperiment, CancelledInAPieceItGoesOnInMemoryToTheSameOutcomes) {
    const Place place;
    finish(*begin(setting_on(place / "text.txt"), place / "whole" / "x"));
    const auto run = begin(setting_on(place / "text.txt"), place / "cancelled" / "x");
    int cancelled = 0, tick = 0;
    for (bool more = true; more;) {
        JobContext given_up;
        int ticks = ++tick % 7;
        given_up.set_tick_service([&] {
            if (--ticks == 0) given_up.cancel();
        });
        try {
            more = run->step(given_up);
        } catch (const Cancelled&) {
            ++cancelled;
        }
    }
    EXPECT_GT(cancelled, 20);
    expect_equal_outcomes(place / "whole" / "x", place / "cancelled" / "x");
}

// The child: runs up to the tick of that number; then it is no more.
int run_until_killed(const fs::path& folder, int number) {
    JobContext job;
    const auto run = is_experiment_folder(folder)
                         ? ExperimentRun::resume(folder, kCpu, job)
                         : ExperimentRun::start(setting_on(folder.parent_path().parent_path() / "text.txt"), folder,
                                                false, kCpu, job);
    job.set_tick_service([&] {
        if (--number <= 0) (void)::raise(SIGKILL);
    });
    while (run->step(job)) {
    }
    return 0;
}

bool killed(const fs::path& folder, int number) {
    const std::string count = std::to_string(number);
    const std::array<const char*, 5> arguments{"experiment_run_test", kChild, folder.c_str(), count.c_str(), nullptr};
    pid_t child = 0;
    if (::posix_spawn(&child, "/proc/self/exe", nullptr, nullptr, const_cast<char**>(arguments.data()), environ) != 0)
        return false;
    int status = 0;
    return ::waitpid(child, &status, 0) == child && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
}

TEST(KilledExperiment, KilledAgainAndAgainItComesToTheSameEnd) {
    const Place place;
    const auto whole = begin(setting_on(place / "text.txt"), place / "whole" / "x");
    JobContext job;
    int ticks = 0;
    job.set_tick_service([&] { ++ticks; });
    while (whole->step(job)) {
    }
    const fs::path folder = place / "killed" / "x";
    int times = 0;
    while (times < 20 && killed(folder, ticks / 4)) ++times;
    EXPECT_GE(times, 2);
    EXPECT_LT(times, 20);
    EXPECT_EQ(view_of_experiment(folder)->status, "done");
    expect_equal_outcomes(place / "whole" / "x", folder);
}

}  // namespace
}  // namespace gatescope

int main(int argc, char** argv) {
    if (argc == 4 && std::string(argv[1]) == gatescope::kChild)
        return gatescope::run_until_killed(argv[2], std::stoi(argv[3]));
    testing::InitGoogleTest(&argc, argv);
    return RUN_ALL_TESTS();
}
