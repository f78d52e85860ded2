#include "model/train/data/window_order.h"

#include <numeric>
#include <random>
#include <string>
#include <utility>

#include "model/core/error.h"

namespace gatescope {

WindowOrder::WindowOrder(std::size_t count, std::int64_t seed, Place from)
    : order_(count), at_(from), seed_(static_cast<std::uint64_t>(seed)) {
    if (at_.place >= count)
        throw Failure(FailureKind::kBadFile,
                      "window " + std::to_string(at_.place) + " of an order of " + std::to_string(count));
    draw();
}

void WindowOrder::advance() {
    if (++at_.place < order_.size()) return;
    at_.place = 0;
    ++at_.round;
    draw();
}

// Fisher and Yates by hand: std::shuffle may differ from library to library.
void WindowOrder::draw() {
    std::iota(order_.begin(), order_.end(), 0);
    std::seed_seq seeds{static_cast<std::uint32_t>(seed_), static_cast<std::uint32_t>(seed_ >> 32U),
                        static_cast<std::uint32_t>(at_.round)};
    std::mt19937_64 random(seeds);
    for (std::size_t left = order_.size(); left > 1; --left) std::swap(order_[left - 1], order_[random() % left]);
}

}  // namespace gatescope
