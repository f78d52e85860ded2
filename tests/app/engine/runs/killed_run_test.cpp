// Runs that are killed. This program starts itself as the child.
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <random>
#include <string>

#include "tests/app/engine/runs/run_fixture.h"

namespace gatescope {
namespace {

constexpr char kChild[] = "train-until-killed";

bool checkpoint_is_half_written(const fs::path& folder) {
    for (const auto& entry : fs::directory_iterator(folder))
        if (entry.path().extension() == ".partial" && entry.is_directory() && !fs::is_empty(entry)) return true;
    return false;
}

// The child: trains up to the tick of that number (of those where a checkpoint is half written); then it is no more.
int train_until_killed(const fs::path& folder, int number, bool in_checkpoint) {
    JobContext job;
    const auto run = run_in(folder, job);
    job.set_tick_service([&] {
        if ((!in_checkpoint || checkpoint_is_half_written(folder)) && --number <= 0) (void)::raise(SIGKILL);
    });
    finish(*run, job);
    return 0;
}

// True where the child was killed before it came to its end.
bool killed(const fs::path& folder, int number, bool in_checkpoint) {
    const std::string count = std::to_string(number), where = in_checkpoint ? "checkpoint" : "anywhere";
    const std::array<const char*, 6> arguments{"training_run_test", kChild,        folder.c_str(),
                                               count.c_str(),       where.c_str(), nullptr};
    pid_t child = 0;
    if (::posix_spawn(&child, "/proc/self/exe", nullptr, nullptr, const_cast<char**>(arguments.data()), environ) != 0)
        return false;
    int status = 0;
    return ::waitpid(child, &status, 0) == child && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
}

TEST(KilledRun, KilledAtARandomMomentItGoesOnToTheBit) {
    const Place place;
    const int ticks = ticks_of_whole_run(place);
    ASSERT_GT(ticks, 40);
    const auto seed = std::random_device{}();
    std::mt19937 random(seed);
    SCOPED_TRACE("seed " + std::to_string(seed));
    for (int part = 0; part < 3; ++part) {
        const int tick = ticks * part / 3 + 1 + static_cast<int>(random() % static_cast<unsigned>(ticks / 3));
        SCOPED_TRACE("tick " + std::to_string(tick));
        const std::string name = "killed-" + std::to_string(part);
        ASSERT_TRUE(killed(place / name, tick, false));
        expect_it_ends_as_the_whole_one(place, name);
    }
}

TEST(KilledRun, KilledAgainAndAgainItComesToTheSameEnd) {
    const Place place;
    const int ticks = ticks_of_whole_run(place);
    int times = 0;
    while (times < 20 && killed(place / "killed", ticks / 3, false)) ++times;
    EXPECT_GE(times, 2);
    EXPECT_LT(times, 20);
    expect_it_ends_as_the_whole_one(place, "killed");
}

TEST(KilledRun, KilledWhileACheckpointIsWrittenItGoesOnFromTheOneBefore) {
    const Place place;
    (void)ticks_of_whole_run(place);
    for (const int checkpoint_tick : {1, 4}) {  // of the first checkpoint, of which nothing is there; of a later one
        const std::string name = "killed-" + std::to_string(checkpoint_tick);
        ASSERT_TRUE(killed(place / name, checkpoint_tick, true));
        EXPECT_TRUE(checkpoint_is_half_written(place / name));
        expect_it_ends_as_the_whole_one(place, name);
        EXPECT_FALSE(checkpoint_is_half_written(place / name));
    }
}

}  // namespace
}  // namespace gatescope

int main(int argc, char** argv) {
    if (argc == 5 && std::string(argv[1]) == gatescope::kChild)
        return gatescope::train_until_killed(argv[2], std::stoi(argv[3]), std::string(argv[4]) == "checkpoint");
    testing::InitGoogleTest(&argc, argv);
    return RUN_ALL_TESTS();
}
