#include "app/engine/experiments/experiment_estimate.h"

#include "analysis/training/train_plan.h"
#include "app/engine/experiments/experiment_run.h"
#include "app/engine/experiments/work_probes.h"
#include "app/engine/runs/own_threads.h"
#include "model/families/canonical_tensors.h"

namespace gatescope {
namespace {

double values_of(const ModelConfig& config) {
    double out = 0;
    for (const CanonicalTensor& tensor : canonical_tensors(config)) {
        double size = 1;
        for (const std::int64_t side : tensor.shape) size *= static_cast<double>(side);
        out += size;
    }
    return out;
}

// What no probe times: data and a model are opened, and hashed, before work begins, and runs write checkpoints,
// which are synced. Rates are those of a usual disk, and count for little but with large models.
double seconds_around(const ExperimentStep& step, const ModelConfig& config) {
    constexpr double kOpening = 0.2, kBytesRead = 2e8, kBytesWritten = 3.5e8;
    const double bytes = sizeof(float) * values_of(config);
    double out = kOpening + bytes / kBytesRead;
    if (const auto* run = std::get_if<TrainWork>(&step.work)) {
        const TrainPlan plan = train_plans(run->recipe).front();
        const auto written = (plan.steps + plan.checkpoint_every - 1) / plan.checkpoint_every;
        const double moments = plan.from_scratch ? 3 : 1.2;  // of all that trains, beside the values
        out += static_cast<double>(written) * moments * bytes / kBytesWritten;
    }
    return out;
}

double seconds_of_work(const Work& work, ProbeBench& bench) {
    if (const auto* run = std::get_if<TrainWork>(&work)) return seconds_of_run(*run, bench);
    if (const auto* distilled = std::get_if<DistillWork>(&work)) return seconds_of_distillation(*distilled, bench);
    if (const auto* measured = std::get_if<MeasureWork>(&work)) return seconds_of_measuring(*measured, bench);
    return seconds_of_gradient(std::get<GradientWork>(work), bench);
}

}  // namespace

std::vector<double> estimate_seconds(const ExperimentPlan& plan, const DeviceWish& wish, JobContext& job) {
    const OwnThreads own(wish.threads > 0 ? wish.threads : threads_now());
    ProbeBench bench(plan.course.config, wish.device, job);
    job.begin("Timing the experiment's work", "steps", static_cast<double>(plan.steps.size()));
    const std::vector<bool> there = steps_there(plan);
    std::vector<double> out;
    for (const ExperimentStep& step : plan.steps) {
        const bool done = there[out.size()];
        out.push_back(done ? 0 : seconds_of_work(step.work, bench) + seconds_around(step, plan.course.config));
        job.tick(static_cast<double>(out.size()));
    }
    return out;
}

}  // namespace gatescope
