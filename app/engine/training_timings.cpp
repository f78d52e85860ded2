#include "app/engine/training_timings.h"

#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/autograd.h>

#include <algorithm>
#include <ctime>
#include <functional>
#include <numeric>
#include <random>
#include <utility>

#include "analysis/training/plan_gate.h"
#include "analysis/training/train_plan.h"
#include "analysis/training/trained_leaves.h"
#include "app/engine/seconds_of.h"
#include "model/core/error.h"
#include "model/families/scratch.h"
#include "model/train/adam.h"
#include "model/train/gradient_norm.h"
#include "model/transformer/device.h"
#include "model/transformer/trained_decoder.h"

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

// A row's own: the gate and the decoder. The model and its optimiser are one for all rows.
struct Row {
    TrainPlan plan;
    const ModelConfig& config;
    const Parameters& parameters;
    at::Device device;

    PlanGate gate{plan, config, device};
    std::unique_ptr<GateRun> run = gate.dense() ? nullptr : gate.run();
    TrainedDecoder decoder{config, parameters, device, plan.precision};
    std::vector<at::Tensor> arrays{};
    Adam adam{};
    std::vector<double> seconds{};
};

class TrainingTimer {
  public:
    TrainingTimer(const TrainingTimingRequest& request, at::Device device)
        : request_(request),
          plan_(plan_of(request)),
          config_(scratch_config(plan_.shape, plan_.vocabulary)),
          device_(device),
          parameters_(random_parameters(config_, plan_.seed, plan_.shape.deviation, device)),
          adam_({.first_decay = plan_.first_decay,
                 .second_decay = plan_.second_decay,
                 .weight_decay = plan_.weight_decay}) {
        for (const TrainedLeaf& leaf : trained_leaves(plan_, parameters_)) values_.push_back(leaf.value);
        std::mt19937 draw(1);
        for (std::int64_t n = 0; n < plan_.batch * plan_.window_length; ++n)
            ids_.push_back(static_cast<std::int32_t>(draw() % static_cast<std::uint32_t>(config_.d_vocab)));
        numbers_.resize(static_cast<std::size_t>(plan_.batch));
        std::iota(numbers_.begin(), numbers_.end(), 0);
        for (const std::string& precision : request.precisions)
            for (const std::string& gate : request.gates) add_row(precision, gate);
    }

    std::vector<TrainingTiming> run(JobContext& job) {
        job.begin("Timing steps of training", "steps", static_cast<double>(rows_.size()) * (request_.repeats + 1));
        double done = 0;
        for (int repeat = 0; repeat <= request_.repeats; ++repeat)
            for (const auto& row : rows_) {
                const double seconds = timed([&] { step(*row, job); });
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
        std::unique_ptr<Row> row(new Row{std::move(plan), config_, parameters_, device_});
        for (const TrainedLeaf& leaf : trained_leaves(row->gate)) row->arrays.push_back(leaf.value);
        rows_.push_back(std::move(row));
    }

    void step(Row& row, JobContext& job) {
        const at::AutoGradMode on(true);
        TrainBatch batch{.windows = plan_.batch, .length = plan_.window_length, .ids = ids_, .numbers = numbers_};
        batch.step = ++steps_;
        batch.gate = row.run.get();
        std::vector<at::Tensor> leaves = values_;
        leaves.insert(leaves.end(), row.arrays.begin(), row.arrays.end());
        const std::vector<at::Tensor> gradients =
            torch::autograd::grad({row.decoder.loss(batch, job)}, leaves, {}, false, false, /*allow_unused=*/true);
        for (std::size_t n = 0; n < leaves.size(); ++n) leaves[n].mutable_grad() = gradients[n];
        const double share = clip_share(gradient_norm(leaves), plan_.clip);
        const auto middle = gradients.begin() + std::ssize(values_);
        adam_.step(values_, {gradients.begin(), middle}, plan_.learning_rate, share);
        row.adam.step(row.arrays, {middle, gradients.end()}, plan_.gate_learning_rate, share);
        for (const at::Tensor& leaf : leaves) leaf.mutable_grad() = at::Tensor();
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
            timing.tokens = static_cast<double>(ids_.size());
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
            if (other->gate.dense() && other->plan.precision == row.plan.precision) return other.get();
        return nullptr;
    }

    const TrainingTimingRequest& request_;
    TrainPlan plan_;
    ModelConfig config_;
    at::Device device_;
    Parameters parameters_;
    std::vector<at::Tensor> values_;
    Adam adam_;
    std::vector<std::int32_t> ids_;
    std::vector<std::int64_t> numbers_;
    std::vector<std::unique_ptr<Row>> rows_;
    std::int64_t steps_ = 0;
};

}  // namespace

std::vector<TrainingTiming> time_training(const TrainingTimingRequest& request, const DeviceWish& wish,
                                          JobContext& job) {
    if (wish.threads > 0) at::set_num_threads(wish.threads);
    return TrainingTimer(request, parse_device(wish.device)).run(job);
}

}  // namespace gatescope
