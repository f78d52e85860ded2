#include "app/engine/experiments/step_work.h"

namespace gatescope {

std::unique_ptr<StepWork> begin_work(const Work& work, const std::filesystem::path& folder, const DeviceWish& wish,
                                     JobContext& job) {
    struct Begin {
        const std::filesystem::path& folder;
        const DeviceWish& wish;
        JobContext& job;
        std::unique_ptr<StepWork> operator()(const TrainWork& one) const {
            return begin_training(one, folder, wish, job);
        }
        std::unique_ptr<StepWork> operator()(const DistillWork& one) const {
            return begin_distillation(one, folder, wish, job);
        }
        std::unique_ptr<StepWork> operator()(const MeasureWork& one) const { return begin_measuring(one, wish, job); }
        std::unique_ptr<StepWork> operator()(const GradientWork& one) const { return begin_gradient(one, wish, job); }
    };
    return std::visit(Begin{folder, wish, job}, work);
}

}  // namespace gatescope
