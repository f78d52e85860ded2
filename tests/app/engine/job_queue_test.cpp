#include "app/engine/job_queue.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <future>
#include <stdexcept>
#include <utility>

#include "app/engine/mailbox.h"

namespace gatescope {
namespace {

using std::chrono::seconds;
constexpr seconds kLongest{60};

// What happened, in order, from any thread.
class Log {
  public:
    void add(const std::string& line) {
        const std::lock_guard lock(mutex_);
        auto next = *box_.latest();
        next.push_back(line);
        box_.put(std::make_shared<const std::vector<std::string>>(std::move(next)));
    }
    std::vector<std::string> lines() const { return *box_.latest(); }
    bool wait_for(const std::string& line) const {
        const auto has = [&](const std::vector<std::string>& lines) { return std::ranges::count(lines, line) > 0; };
        return box_.wait(has, kLongest) != nullptr;
    }

  private:
    std::mutex mutex_;
    Mailbox<std::vector<std::string>> box_{std::make_shared<const std::vector<std::string>>()};
};

// A job that notes its steps and its end.
JobTask noted(Log& log, std::uint64_t id, const std::string& kind, int steps = 1) {
    JobTask task;
    task.id = id;
    task.kind = kind;
    task.title = kind;
    const std::string name = kind + std::to_string(id);
    task.step = [&log, name, left = steps](JobContext&) mutable {
        log.add(name);
        return --left > 0;
    };
    task.ended = [&log, name](const tl::expected<void, Error>& outcome) {
        log.add(name + (outcome ? " done" : outcome.error().cancelled ? " cancelled" : " failed"));
    };
    return task;
}

// A job that ticks until it is cancelled.
JobTask endless(Log& log, std::uint64_t id, const std::string& kind) {
    JobTask task = noted(log, id, kind);
    task.step = [&log, name = kind + std::to_string(id)](JobContext& job) -> bool {
        log.add(name);
        while (true) job.tick();
    };
    return task;
}

// Holds the worker until release().
class Gatekeeper {
  public:
    JobTask task(Log& log) {
        JobTask out = noted(log, 1000, "hold");
        out.step = [&log, gate = opened_.get_future().share()](JobContext&) {
            log.add("held");
            gate.wait();
            return false;
        };
        return out;
    }
    void release() { opened_.set_value(); }

  private:
    std::promise<void> opened_;
};

TEST(JobQueue, RunsJobsInOrderAndSaysHowTheyEnded) {
    Log log;
    JobQueue queue;
    queue.submit(noted(log, 1, "a"));
    queue.submit(noted(log, 2, "b"));
    ASSERT_TRUE(log.wait_for("b2 done"));
    EXPECT_EQ(log.lines(), (std::vector<std::string>{"a1", "a1 done", "b2", "b2 done"}));
}

TEST(JobQueue, JobsOfAKindCollapseToTheNewest) {
    Log log;
    Gatekeeper gate;
    JobQueue queue;
    queue.submit(gate.task(log));
    ASSERT_TRUE(log.wait_for("held"));
    for (std::uint64_t id = 1; id <= 50; ++id) queue.submit(noted(log, id, "measure"));
    EXPECT_EQ(queue.jobs().size(), 2U);
    gate.release();
    ASSERT_TRUE(log.wait_for("measure50 done"));
    EXPECT_EQ(log.lines(), (std::vector<std::string>{"held", "hold1000 done", "measure50", "measure50 done"}));
}

TEST(JobQueue, ARunningJobThatBecameObsoleteStopsAtItsNextTick) {
    Log log;
    JobQueue queue;
    queue.submit(endless(log, 1, "measure"));
    ASSERT_TRUE(log.wait_for("measure1"));
    queue.submit(noted(log, 2, "measure"));
    ASSERT_TRUE(log.wait_for("measure2 done"));
    EXPECT_EQ(log.lines(), (std::vector<std::string>{"measure1", "measure1 cancelled", "measure2", "measure2 done"}));
}

TEST(JobQueue, EqualJobsTakeTurnsStepByStep) {
    Log log;
    Gatekeeper gate;
    JobQueue queue;
    queue.submit(gate.task(log));
    queue.submit(noted(log, 1, "a", 2));
    queue.submit(noted(log, 2, "b", 2));
    gate.release();
    ASSERT_TRUE(log.wait_for("b2 done"));
    const std::vector<std::string> lines = log.lines();
    EXPECT_EQ(std::vector(lines.begin() + 2, lines.end()),
              (std::vector<std::string>{"a1", "b2", "a1", "a1 done", "b2", "b2 done"}));
}

TEST(JobQueue, BackgroundJobsWaitForTheOthers) {
    Log log;
    Gatekeeper gate;
    JobQueue queue;
    queue.submit(gate.task(log));
    JobTask background = noted(log, 1, "hash");
    background.priority = JobPriority::kBackground;
    queue.submit(std::move(background));
    queue.submit(noted(log, 2, "measure", 3));
    gate.release();
    ASSERT_TRUE(log.wait_for("hash1 done"));
    EXPECT_EQ(log.lines().back(), "hash1 done");
    EXPECT_EQ(std::ranges::count(log.lines(), "measure2 done"), 1);
}

TEST(JobQueue, AReadyInteractiveJobRunsInsideARunningOneAtItsNextTick) {
    Log log;
    JobQueue queue;
    std::atomic<bool> served{false};
    JobTask window = noted(log, 1, "measure");
    window.step = [&](JobContext& job) {
        log.add("window begins");
        while (!served) job.tick();
        log.add("window ends");
        return false;
    };
    queue.submit(std::move(window));
    ASSERT_TRUE(log.wait_for("window begins"));
    JobTask click = noted(log, 2, "head");
    click.priority = JobPriority::kInteractive;
    click.ready_inside = [] { return true; };
    click.ended = [&](const tl::expected<void, Error>&) { served = true; };
    queue.submit(std::move(click));
    ASSERT_TRUE(log.wait_for("measure1 done"));
    EXPECT_EQ(log.lines(), (std::vector<std::string>{"window begins", "head2", "window ends", "measure1 done"}));
}

TEST(JobQueue, AnInteractiveJobThatIsNotReadyRunsBetweenTwoSteps) {
    Log log;
    JobQueue queue;
    std::promise<void> submitted;
    JobTask windows = noted(log, 1, "measure");
    windows.step = [&log, begin = submitted.get_future().share(), left = 2](JobContext& job) mutable {
        log.add("window begins");
        begin.wait();
        job.tick();
        log.add("window ends");
        return --left > 0;
    };
    queue.submit(std::move(windows));
    ASSERT_TRUE(log.wait_for("window begins"));
    JobTask click = noted(log, 2, "head");
    click.priority = JobPriority::kInteractive;
    click.ready_inside = [] { return false; };
    queue.submit(std::move(click));
    submitted.set_value();
    ASSERT_TRUE(log.wait_for("measure1 done"));
    EXPECT_EQ(log.lines(), (std::vector<std::string>{"window begins", "window ends", "head2", "head2 done",
                                                     "window begins", "window ends", "measure1 done"}));
}

TEST(JobQueue, CancelsByIdWhatWaitsAndWhatRuns) {
    Log log;
    JobQueue queue;
    queue.submit(endless(log, 1, "a"));
    ASSERT_TRUE(log.wait_for("a1"));
    queue.submit(noted(log, 2, "b"));
    EXPECT_TRUE(queue.cancel(2));
    EXPECT_TRUE(queue.cancel(1));
    ASSERT_TRUE(log.wait_for("a1 cancelled"));
    queue.submit(noted(log, 3, "c"));
    ASSERT_TRUE(log.wait_for("c3 done"));
    EXPECT_FALSE(queue.cancel(3));
    EXPECT_EQ(std::ranges::count(log.lines(), "b2"), 0);
}

TEST(JobQueue, AFailureIsToldAndTheWorkerGoesOn) {
    Log log;
    JobQueue queue;
    JobTask broken = noted(log, 1, "load");
    broken.step = [](JobContext&) -> bool { throw std::runtime_error("boom"); };
    std::promise<std::string> message;
    broken.ended = [&](const tl::expected<void, Error>& outcome) { message.set_value(outcome.error().message); };
    queue.submit(std::move(broken));
    EXPECT_EQ(message.get_future().get(), "load: boom");
    queue.submit(noted(log, 2, "load"));
    EXPECT_TRUE(log.wait_for("load2 done"));
}

TEST(JobQueue, StoppingEndsTheRunningJobAndDropsTheRest) {
    Log log;
    JobQueue queue;
    queue.submit(endless(log, 1, "a"));
    ASSERT_TRUE(log.wait_for("a1"));
    queue.submit(noted(log, 2, "b"));
    queue.stop();
    EXPECT_EQ(log.lines(), (std::vector<std::string>{"a1", "a1 cancelled"}));
    queue.submit(noted(log, 3, "c"));
    EXPECT_EQ(log.lines().size(), 2U);
}

TEST(JobQueue, StoppingDoesWhatOutlastsItToItsEnd) {
    Log log;
    JobQueue queue;
    queue.submit(endless(log, 1, "a"));
    ASSERT_TRUE(log.wait_for("a1"));
    JobTask lasting = noted(log, 2, "b", 2);
    lasting.outlasts = true;
    queue.submit(std::move(lasting));
    queue.submit(noted(log, 3, "c"));
    queue.stop();
    EXPECT_EQ(log.lines(), (std::vector<std::string>{"a1", "a1 cancelled", "b2", "b2", "b2 done"}));
}

TEST(JobQueue, ListsWhatRunsBeforeWhatWaitsWithReadableProgress) {
    Log log;
    JobQueue queue;
    JobTask running = endless(log, 1, "a");
    running.step = [&log](JobContext& job) -> bool {
        job.begin("Loading weights", "tensors", 4);
        job.tick(3);
        log.add("running");
        while (true) job.tick();
    };
    queue.submit(std::move(running));
    ASSERT_TRUE(log.wait_for("running"));
    queue.submit(noted(log, 2, "b"));
    const std::vector<QueuedJob> jobs = queue.jobs();
    ASSERT_EQ(jobs.size(), 2U);
    EXPECT_EQ(jobs[0].id, 1U);
    EXPECT_EQ(jobs[0].context->progress().title, "Loading weights");
    EXPECT_EQ(jobs[0].context->progress().done, 3);
    EXPECT_EQ(jobs[1].id, 2U);
}

TEST(JobQueue, APieceIsGivenUpForAMoreUrgentJobAndDoneAnewAfterIt) {
    Log log;
    JobQueue queue;
    JobTask slow = endless(log, 1, "slow");
    slow.priority = JobPriority::kBackground;
    slow.gives_way = true;
    slow.step = [&log, first = true](JobContext& job) mutable {
        log.add(std::exchange(first, false) ? "begun" : "begun anew");
        job.tick();
        while (log.lines().size() < 3) job.tick();
        return false;
    };
    queue.submit(std::move(slow));
    ASSERT_TRUE(log.wait_for("begun"));
    queue.submit(noted(log, 2, "urgent"));
    ASSERT_TRUE(log.wait_for("slow1 done"));
    EXPECT_EQ(log.lines(), (std::vector<std::string>{"begun", "urgent2", "urgent2 done", "begun anew", "slow1 done"}));
}

TEST(JobQueue, AJobThatGivesWayStillEndsWhenItIsCancelled) {
    Log log;
    JobQueue queue;
    JobTask slow = endless(log, 1, "slow");
    slow.priority = JobPriority::kBackground;
    slow.gives_way = true;
    queue.submit(std::move(slow));
    ASSERT_TRUE(log.wait_for("slow1"));
    queue.submit(noted(log, 2, "urgent"));
    EXPECT_TRUE(queue.cancel(1));
    ASSERT_TRUE(log.wait_for("slow1 cancelled"));
    ASSERT_TRUE(log.wait_for("urgent2 done"));
    EXPECT_TRUE(queue.jobs().empty());
}

TEST(JobQueue, ManySendersAndAReaderOfProgressDisturbNothing) {
    Log log;
    JobQueue queue;
    std::vector<std::thread> senders;
    std::atomic<std::uint64_t> ids{0};
    std::atomic<int> steps{0};
    for (int sender = 0; sender < 3; ++sender)
        senders.emplace_back([&, sender] {
            for (int n = 0; n < 100; ++n) {
                JobTask task = noted(log, ++ids, "unused");
                task.kind = std::to_string(sender);
                task.priority = sender == 0 ? JobPriority::kInteractive : JobPriority::kNormal;
                task.ready_inside = [] { return true; };
                task.ended = {};
                task.step = [&](JobContext& job) {
                    job.tick(1);
                    ++steps;
                    return false;
                };
                queue.submit(std::move(task));
                for (const QueuedJob& job : queue.jobs()) EXPECT_LE(job.context->progress().done, 1);
            }
        });
    for (std::thread& sender : senders) sender.join();
    queue.submit(noted(log, 9999, "last"));
    ASSERT_TRUE(log.wait_for("last9999 done"));
    EXPECT_GT(steps, 0);
}

}  // namespace
}  // namespace gatescope
