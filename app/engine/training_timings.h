#pragma once
// What a step of training costs, dense and under gates: rows of `gatescope bench --train`. No torch.

#include <cstdint>
#include <string>
#include <vector>

#include "app/engine/models.h"

namespace gatescope {

struct TrainingTimingRequest {
    std::string recipe;  // one of ours, or a file; its model is made from scratch
    std::int64_t batch = 8;
    int repeats = 5;
    bool cpu_time = false;  // of all threads, in place of time that passes: for machines that do other work meanwhile
    std::vector<std::string> precisions = {"float32", "bfloat16"};
    std::vector<std::string> gates = {"dense", "soft-learned", "soft-random", "learned:k=64", "oracle:k=64"};
};

struct TrainingTiming {
    std::string precision, gate;
    double seconds = 0;         // the best of the repeats
    double median_seconds = 0;  // of the repeats
    double times_dense = 0;  // of the same precision: the median over the repeats of the ratio within one; 0: no dense
    double tokens = 0;       // of a step
};

// Steps on random ids: forward, backward, norm of the gradients, clipping and AdamW. Rows are timed in turn, each once
// a repeat, after one that warms up. Of soft-random the gate's arrays don't train. Throws Failure, Cancelled.
std::vector<TrainingTiming> time_training(const TrainingTimingRequest& request, const DeviceWish& wish,
                                          JobContext& job);

}  // namespace gatescope
