#pragma once
// Training runs and experiments each hold a model of their own while they are at work: one of the two at a time.
// Whoever has the turn gives it back at a good moment (a run is over, an experiment's step is done); where the other
// waits, it comes next, so that neither starves. No torch.

#include <array>
#include <functional>
#include <mutex>
#include <optional>

namespace gatescope {

class LongTurns {
  public:
    enum class Side { kRuns, kExperiments };

    // `begin` is called when the turn that the side waits for is free: on any thread, without a lock. Before anything
    // else is.
    void set_begin(Side side, std::function<void()> begin);
    // False: the other has it, and `begin` follows.
    bool take(Side side);
    // The other begins, where it waits. Who gives and wants to go on takes again.
    void give(Side side);
    bool other_waits(Side side) const;

  private:
    struct Waiter {
        std::function<void()> begin;
        bool waits = false;
    };
    static Side other(Side side) { return side == Side::kRuns ? Side::kExperiments : Side::kRuns; }
    Waiter& of(Side side) { return sides_[static_cast<std::size_t>(side)]; }
    const Waiter& of(Side side) const { return sides_[static_cast<std::size_t>(side)]; }

    mutable std::mutex mutex_;
    std::array<Waiter, 2> sides_;
    std::optional<Side> holder_;
};

}  // namespace gatescope
