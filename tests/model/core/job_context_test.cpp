#include "model/core/job_context.h"

#include <gtest/gtest.h>

#include <thread>

#include "model/core/error.h"

namespace gatescope {
namespace {

TEST(JobContext, AProgressTickIsTheCancelPoint) {
    JobContext job("Perplexity", "windows");
    job.set_total(4);
    job.tick(1);
    job.cancel();
    EXPECT_THROW(job.tick(2), Cancelled);
    EXPECT_EQ(job.progress().done, 1);
}

TEST(JobContext, ANewStageStartsAtNothing) {
    JobContext job("Loading", "tensors");
    job.tick(3);
    job.begin("Measuring", "windows", 8);
    const JobProgress progress = job.progress();
    EXPECT_EQ(progress.title, "Measuring");
    EXPECT_EQ(progress.done, 0);
    EXPECT_EQ(progress.total, 8);
    EXPECT_LT(progress.remaining_s, 0);
}

TEST(JobContext, ATickRunsTheServiceButNeverInsideItself) {
    JobContext job;
    int served = 0;
    job.set_tick_service([&] {
        ++served;
        job.tick();
    });
    job.tick();
    job.tick(1);
    EXPECT_EQ(served, 2);
}

TEST(JobContext, ATickOnAnotherThreadLeavesTheServiceAlone) {
    JobContext job;
    int served = 0;
    job.set_tick_service([&] { ++served; });
    std::thread([&] { job.tick(); }).join();
    EXPECT_EQ(served, 0);
}

TEST(JobContext, ACancelledJobServesNothing) {
    JobContext job;
    int served = 0;
    job.set_tick_service([&] { ++served; });
    job.cancel();
    EXPECT_THROW(job.tick(), Cancelled);
    EXPECT_EQ(served, 0);
}

}  // namespace
}  // namespace gatescope
