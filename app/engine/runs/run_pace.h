#pragma once
// Time and cost of a run as it goes on. No torch.

#include <cstdint>

namespace gatescope {

// What a checkpoint keeps of it.
struct RunCost {
    double seconds = 0;  // of training and reports
    double tokens = 0, flops = 0;
};

class RunPace {
  public:
    explicit RunPace(RunCost so_far = {}) : cost_(so_far) {}

    void trained(double seconds, double tokens, double flops);
    void reported(double seconds, bool complete);
    const RunCost& cost() const { return cost_; }
    double tokens_per_second() const { return rate_; }  // lately; 0: not known
    // Of so many tokens and reports to come; negative while not known.
    double seconds_left(double tokens, double reports) const;

  private:
    RunCost cost_;
    double rate_ = 0;
    double report_seconds_ = 0, reports_ = 0;
};

}  // namespace gatescope
