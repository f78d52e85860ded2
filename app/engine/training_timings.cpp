#include "app/engine/training_timings.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <ctime>
#include <functional>
#include <utility>

#include "analysis/training/plan_gate.h"
#include "analysis/training/train_plan.h"
#include "app/engine/seconds_of.h"
#include "app/engine/training_steps.h"
#include "model/core/error.h"
#include "model/families/scratch.h"

namespace gatescope {
namespace {

constexpr const char* kSoftRandom = "soft-random";

TrainPlan plan_of(const TrainingTimingRequest& request) {
    TrainPlan plan = train_plans(read_recipe(request.recipe)).front();
    if (!plan.from_scratch)
        throw Failure(FailureKind::kUsage, "trains a model from a checkpoint", request.recipe,
                      "what is timed are models from scratch");
    plan.batch = request.batch;
    return plan;
}

DataType precision_of(const std::string& name) {
    if (name == "float32") return DataType::kFloat32;
    if (name == "bfloat16") return DataType::kBFloat16;
    throw Failure(FailureKind::kUsage, "no precision to train in: " + name, {}, "float32 or bfloat16");
}

struct Row {
    TrainingSteps steps;
    std::vector<double> seconds{};
};

class TrainingTimer {
  public:
    TrainingTimer(const TrainingTimingRequest& request, const std::string& device)
        : request_(request),
          plan_(plan_of(request)),
          model_(plan_, scratch_config(plan_.shape, plan_.vocabulary), device) {
        for (const std::string& precision : request.precisions)
            for (const std::string& gate : request.gates) add_row(precision, gate);
    }

    std::vector<TrainingTiming> run(JobContext& job) {
        job.begin("Timing steps of training", "steps", static_cast<double>(rows_.size()) * (request_.repeats + 1));
        double done = 0;
        for (int repeat = 0; repeat <= request_.repeats; ++repeat)
            for (const auto& row : rows_) {
                const double seconds = timed([&] { row->steps.step(job); });
                if (repeat > 0) row->seconds.push_back(seconds);
                job.tick(++done);
            }
        return timings();
    }

  private:
    void add_row(const std::string& precision, const std::string& gate) {
        TrainPlan plan = plan_;
        plan.gate = gate == kSoftRandom ? "soft-learned" : gate;
        plan.train_gate = gate != kSoftRandom;
        plan.precision = precision_of(precision);
        rows_.emplace_back(new Row{TrainingSteps(model_, plan)});
    }

    double timed(const std::function<void()>& work) const {
        if (!request_.cpu_time) return seconds_of(work);
        const std::clock_t start = std::clock();
        work();
        return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
    }

    static double median(std::vector<double> values) {
        std::sort(values.begin(), values.end());
        return values[values.size() / 2];
    }

    std::vector<TrainingTiming> timings() const {
        std::vector<TrainingTiming> out;
        for (std::size_t n = 0; n < rows_.size(); ++n) {
            const Row& row = *rows_[n];
            const std::string& gate = request_.gates[n % request_.gates.size()];
            TrainingTiming timing{request_.precisions[n / request_.gates.size()], gate};
            timing.seconds = *std::min_element(row.seconds.begin(), row.seconds.end());
            timing.median_seconds = median(row.seconds);
            timing.tokens = static_cast<double>(model_.tokens());
            if (const Row* dense = dense_of(row)) {
                std::vector<double> ratios;
                for (std::size_t repeat = 0; repeat < row.seconds.size(); ++repeat)
                    ratios.push_back(row.seconds[repeat] / dense->seconds[repeat]);
                timing.times_dense = median(ratios);
            }
            out.push_back(timing);
        }
        return out;
    }

    const Row* dense_of(const Row& row) const {
        for (const auto& other : rows_)
            if (other->steps.gate().dense() && other->steps.plan().precision == row.steps.plan().precision)
                return other.get();
        return nullptr;
    }

    const TrainingTimingRequest& request_;
    TrainPlan plan_;
    SteppedModel model_;
    std::vector<std::unique_ptr<Row>> rows_;
};

}  // namespace

std::vector<TrainingTiming> time_training(const TrainingTimingRequest& request, const DeviceWish& wish,
                                          JobContext& job) {
    if (wish.threads > 0) at::set_num_threads(wish.threads);
    return TrainingTimer(request, wish.device).run(job);
}

}  // namespace gatescope
