#pragma once
// What gates cost beside the dense model: rows of `gatescope bench`.

#include <functional>
#include <memory>
#include <vector>

#include "analysis/results.h"
#include "app/engine/timings.h"

namespace gatescope {

class GateRun;

// Times gates on the first window of `text`, each in turn with the dense pass that it is compared with, so that what
// else the machine does meets both.
class GateTimer {
  public:
    // Everything is borrowed. `row` is called with each row as it is there.
    GateTimer(const Model& model, std::shared_ptr<const TextWindows> text, int repeats, JobContext& job,
              std::function<void(Timing)> row);

    // Forwards without losses, observers or anything else of a measurement, against plain ones.
    void forwards(const std::vector<std::string>& gates);
    // From a gate's being set, the dense window done, to its first numbers, as in the window: with losses, agreement
    // and what maps need; against forward and nll.
    void toggles(const std::vector<std::string>& gates);

  private:
    void forward(GateRun* gate);
    void compare(const std::string& name, const std::string& of, const std::function<void(int)>& work,
                 const std::function<void()>& base);

    const Model& model_;
    std::shared_ptr<const TextWindows> text_;
    int repeats_;
    JobContext& job_;
    std::function<void(Timing)> row_;
};

}  // namespace gatescope
