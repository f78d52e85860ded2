#pragma once
// Answers to ProposeExperiment: the plan as soon as the headers of its model are read, then how long it takes here.
// The newest wish counts. No torch.

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "app/engine/board.h"
#include "app/engine/commands.h"
#include "app/engine/job_queue.h"
#include "app/engine/long_work.h"

namespace gatescope {

class ExperimentProposals {
  public:
    // All of them outlive the jobs that are sent to the two queues; so must this.
    ExperimentProposals(Board& board, JobQueue& worker, JobQueue& opener, MakeTask task);

    void propose(const ProposeExperiment& command);

  private:
    using Proposal = std::shared_ptr<const ExperimentProposal>;
    // What probes came to, by what they were of; 0 for steps that were there.
    struct Estimate {
        ExperimentSetting setting;
        std::string device;
        std::vector<double> seconds;
    };

    void plan(const ProposeExperiment& wish, std::uint64_t number, JobContext& job);
    void measure(Proposal planned, std::uint64_t number);
    void put(ExperimentProposal proposal, std::uint64_t number);
    static ExperimentProposal with_seconds(const ExperimentProposal& planned, std::vector<double> by_step);
    std::optional<std::vector<double>> known(const ExperimentProposal& planned) const;
    void remember(const ExperimentProposal& planned, const std::vector<double>& by_step);

    Board& board_;
    JobQueue& worker_;
    JobQueue& opener_;
    const MakeTask task_;
    std::atomic<std::uint64_t> newest_{0};
    mutable std::mutex mutex_;
    std::deque<Estimate> estimates_;  // the newest last
};

}  // namespace gatescope
