#pragma once
// In which order windows are trained on.

#include <cstddef>
#include <cstdint>
#include <vector>

namespace gatescope {

// 0 to count - 1 in an order drawn from the seed, anew whenever all were there.
class WindowOrder {
  public:
    struct Place {
        std::uint64_t round = 0, place = 0;
        bool operator==(const Place&) const = default;
    };

    // `count` is at least 1. `from` is a state() of an order of the same count and seed: it goes on from there. Throws
    // Failure(kBadFile) for a place that isn't below `count`.
    WindowOrder(std::size_t count, std::int64_t seed) : WindowOrder(count, seed, Place{}) {}
    WindowOrder(std::size_t count, std::int64_t seed, Place from);

    std::size_t current() const { return order_[static_cast<std::size_t>(at_.place)]; }
    void advance();
    Place state() const { return at_; }

  private:
    void draw();

    std::vector<std::size_t> order_;
    Place at_;
    std::uint64_t seed_;
};

}  // namespace gatescope
