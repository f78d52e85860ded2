#include "app/window/loss_changes.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace gatescope {

namespace {

// Calls take(window, position, nats) for every token that both have scored with finite losses.
template <typename Take>
void each_change(const PerplexityResult& gated, const PerplexityResult& dense, std::size_t first, std::size_t last,
                 const Take& take) {
    last = std::min({last, gated.token_nll.size(), dense.token_nll.size()});
    for (std::size_t window = first; window < last; ++window) {
        const auto& with = gated.token_nll[window];
        const auto& without = dense.token_nll[window];
        for (std::size_t position = 0; position < std::min(with.size(), without.size()); ++position) {
            const float nats = with[position] - without[position];
            if (std::isfinite(nats)) take(window, position, nats);
        }
    }
}

// Keeps the `keep` largest of what is added, and gives them in order.
class Largest {
  public:
    explicit Largest(std::size_t keep) : keep_(keep) {}
    void add(const LossChange& change, float size) {
        if (size <= least_) return;
        found_.push_back(change);
        if (found_.size() >= 4 * keep_ + 64) cut();
    }
    std::vector<LossChange> take() {
        cut();
        return std::move(found_);
    }

  private:
    static bool before(const LossChange& a, const LossChange& b) {
        const float size_a = std::abs(a.nats), size_b = std::abs(b.nats);
        if (size_a != size_b) return size_a > size_b;
        return a.window != b.window ? a.window < b.window : a.position < b.position;
    }
    void cut() {
        std::sort(found_.begin(), found_.end(), before);
        if (found_.size() < keep_) return;
        found_.resize(keep_);
        if (!found_.empty()) least_ = std::abs(found_.back().nats);
    }

    std::size_t keep_;
    std::vector<LossChange> found_;
    float least_ = 0;
};

}  // namespace

LossStage loss_stage(const RunResult* run, std::optional<std::size_t> gate) {
    if (run == nullptr || !gate || *gate >= run->gates.size()) return {};
    const GateResult& result = run->gates[*gate];
    const auto windows =
        static_cast<std::int64_t>(std::min(result.perplexity.token_nll.size(), run->dense.token_nll.size()));
    const bool few = windows < 20 || run->complete;
    return {run->text, print_gate(result.gate),
            few ? windows : static_cast<std::int64_t>(20 * std::log(static_cast<double>(windows)))};
}

LossChanges loss_changes(const PerplexityResult& gated, const PerplexityResult& dense,
                         std::optional<std::int64_t> window, std::size_t keep) {
    Largest worse(keep), better(keep);
    const std::size_t first = window ? static_cast<std::size_t>(*window) : 0;
    const std::size_t last = window ? first + 1 : gated.token_nll.size();
    each_change(gated, dense, first, last, [&](std::size_t in, std::size_t position, float nats) {
        const LossChange change{static_cast<std::int64_t>(in), static_cast<std::int64_t>(position), nats};
        (nats > 0 ? worse : better).add(change, std::abs(nats));
    });
    return {worse.take(), better.take()};
}

std::vector<PositionChange> change_by_position(const PerplexityResult& gated, const PerplexityResult& dense,
                                               std::int64_t window_length, std::int64_t buckets) {
    const std::int64_t width = std::max<std::int64_t>(1, (window_length + buckets - 1) / buckets);
    struct Sums {
        std::size_t window = 0;
        double sum = 0, tokens = 0;                 // of the window at hand
        double mean = 0, squares = 0, windows = 0;  // of those before
        void close() {
            if (tokens == 0) return;
            const double away = sum / tokens - mean;
            mean += away / ++windows;
            squares += away * (sum / tokens - mean);
            sum = tokens = 0;
        }
    };
    std::vector<Sums> all(static_cast<std::size_t>((window_length + width - 1) / width));
    each_change(gated, dense, 0, gated.token_nll.size(), [&](std::size_t window, std::size_t position, float nats) {
        const std::size_t bucket = position / static_cast<std::size_t>(width);
        if (bucket >= all.size()) return;
        Sums& sums = all[bucket];
        if (sums.window != window) sums.close();
        sums.window = window;
        sums.sum += static_cast<double>(nats), ++sums.tokens;
    });
    std::vector<PositionChange> out;
    for (std::size_t bucket = 0; bucket < all.size(); ++bucket) {
        Sums& sums = all[bucket];
        sums.close();
        if (sums.windows == 0) continue;
        const std::int64_t from = static_cast<std::int64_t>(bucket) * width;
        const double error = sums.windows < 2 ? std::numeric_limits<double>::quiet_NaN()
                                              : std::sqrt(sums.squares / (sums.windows - 1) / sums.windows);
        out.push_back(
            {from, std::min(from + width, window_length), static_cast<std::int64_t>(sums.windows), sums.mean, error});
    }
    return out;
}

}  // namespace gatescope
