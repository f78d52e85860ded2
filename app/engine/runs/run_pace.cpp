#include "app/engine/runs/run_pace.h"

#include <cmath>

namespace gatescope {
namespace {

constexpr double kMemory_s = 10;  // how long a rate counts

}  // namespace

void RunPace::trained(double seconds, double tokens, double flops) {
    cost_.seconds += seconds;
    cost_.tokens += tokens;
    cost_.flops += flops;
    if (seconds <= 0) return;
    const double kept = rate_ > 0 ? std::exp(-seconds / kMemory_s) : 0;
    rate_ = kept * rate_ + (1 - kept) * tokens / seconds;
}

void RunPace::reported(double seconds, bool complete) {
    cost_.seconds += seconds;
    report_seconds_ += seconds;
    if (complete) ++reports_;
}

double RunPace::seconds_left(double tokens, double reports) const {
    if (rate_ <= 0) return tokens > 0 ? -1 : 0;
    return tokens / rate_ + (reports_ > 0 ? reports * report_seconds_ / reports_ : 0);
}

}  // namespace gatescope
