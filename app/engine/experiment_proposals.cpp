#include "app/engine/experiment_proposals.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "analysis/result_id.h"
#include "app/engine/experiments/experiment_estimate.h"
#include "app/engine/experiments/experiment_run.h"
#include "app/engine/worker_thread.h"
#include "model/core/error.h"

namespace gatescope {
namespace {

// Pages that are gone back to need no probes again.
constexpr std::size_t kRemembered = 32;

}  // namespace

ExperimentProposals::ExperimentProposals(Board& board, JobQueue& worker, JobQueue& opener, MakeTask task)
    : board_(board), worker_(worker), opener_(opener), task_(std::move(task)) {}

// Headers may be read in a tick of other work on the opener: nobody waits for the hash of a large file.
void ExperimentProposals::propose(const ProposeExperiment& command) {
    const std::uint64_t number = ++newest_;
    worker_.cancel_kind("experiment estimate");
    JobTask job = task_("experiment plan", JobPriority::kInteractive, "Planning an experiment", "");
    job.listed = false;
    job.ready_inside = [] { return true; };
    job.step = [this, command, number](JobContext& context) {
        plan(command, number, context);
        return false;
    };
    opener_.submit(std::move(job));
}

void ExperimentProposals::plan(const ProposeExperiment& wish, std::uint64_t number, JobContext& job) {
    ExperimentProposal out;
    out.setting = wish.setting;
    out.device = board_.latest()->settings.device;
    try {
        out.plan = std::make_shared<const ExperimentPlan>(plan_of_setting(wish.setting, wish.folder, job));
    } catch (const Failure& failure) {
        out.refusal = failure.what();
        return put(std::move(out), number);
    }
    if (const auto seconds = known(out)) return put(with_seconds(out, *seconds), number);
    put(out, number);
    measure(std::make_shared<const ExperimentProposal>(std::move(out)), number);
}

// Behind everything else: a measurement beside it would make it wrong. A run or an experiment under way goes on
// before and after it.
void ExperimentProposals::measure(Proposal planned, std::uint64_t number) {
    JobTask job = task_("experiment estimate", JobPriority::kBackground, "Estimating the time", "");
    job.gives_way = true;
    job.step = [this, planned = std::move(planned), number](JobContext& context) {
        if (number != newest_) return false;
        DeviceWish wish;
        wish.device = planned->device;
        wish.threads = engine_threads();
        const std::vector<double> seconds = estimate_seconds(*planned->plan, wish, context);
        remember(*planned, seconds);
        put(with_seconds(*planned, seconds), number);
        return false;
    };
    worker_.submit(std::move(job));
}

ExperimentProposal ExperimentProposals::with_seconds(const ExperimentProposal& planned, std::vector<double> by_step) {
    ExperimentProposal out = planned;
    out.seconds = std::accumulate(by_step.begin(), by_step.end(), 0.0);
    out.step_seconds = std::move(by_step);
    return out;
}

void ExperimentProposals::put(ExperimentProposal proposal, std::uint64_t number) {
    proposal.id = next_result_id();
    const auto shared = std::make_shared<const ExperimentProposal>(std::move(proposal));
    board_.change([&](Snapshot& snapshot) {
        if (number == newest_) snapshot.proposal = shared;
    });
}

// Without new probes: what lies in the folder or beside it is looked at anew each time, and a step that was there when
// the others were probed must still be.
std::optional<std::vector<double>> ExperimentProposals::known(const ExperimentProposal& planned) const {
    const std::vector<bool> there = steps_there(*planned.plan);
    if (std::find(there.begin(), there.end(), false) == there.end()) return std::vector<double>(there.size());
    const std::lock_guard lock(mutex_);
    for (const Estimate& estimate : estimates_) {
        if (estimate.setting != planned.setting || estimate.device != planned.device ||
            estimate.seconds.size() != there.size())
            continue;
        std::vector<double> out = estimate.seconds;
        bool probed = true;
        for (std::size_t step = 0; step < there.size(); ++step) {
            probed = probed && (there[step] || out[step] > 0);
            if (there[step]) out[step] = 0;
        }
        if (probed) return out;
    }
    return {};
}

void ExperimentProposals::remember(const ExperimentProposal& planned, const std::vector<double>& by_step) {
    const std::lock_guard lock(mutex_);
    estimates_.push_back({planned.setting, planned.device, by_step});
    if (estimates_.size() > kRemembered) estimates_.pop_front();
}

}  // namespace gatescope
