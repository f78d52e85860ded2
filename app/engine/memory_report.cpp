#include "app/engine/memory_report.h"

#include <algorithm>

#include "app/engine/size_text.h"

namespace gatescope {
namespace {

constexpr std::int64_t kShortestWindow = 64;  // less shows little of attention

// The longest power of two below the wished one that `fits`; 0: none does.
std::int64_t shorter_window(std::int64_t wished, const std::function<bool(std::int64_t)>& fits) {
    std::int64_t length = kShortestWindow;
    while (length * 2 < wished) length *= 2;
    for (; length >= kShortestWindow; length /= 2)
        if (length < wished && fits(length)) return length;
    return 0;
}

// Looks for what fits into `bytes`.
class Search {
  public:
    Search(const NeedsOf& needs_of, const MemoryWish& wish, std::uint64_t bytes)
        : needs_of_(needs_of), wish_(wish), bytes_(bytes) {}

    bool fits(const MemoryWish& wish) const { return needs_of_(wish).total() <= bytes_; }

    // bfloat16, shorter windows, or both where neither is enough.
    std::vector<MemoryWish> ways() const {
        std::vector<MemoryWish> out;
        const MemoryWish half = how("bfloat16", wish_.window_length);
        if (wish_.dtype != half.dtype && fits(half)) out.push_back(half);
        if (const std::int64_t length = shorter(wish_.dtype); length > 0) out.push_back(how(wish_.dtype, length));
        if (const std::int64_t length = out.empty() ? shorter(half.dtype) : 0; length > 0)
            out.push_back(how(half.dtype, length));
        return out;
    }

  private:
    MemoryWish how(const std::string& dtype, std::int64_t length) const { return {dtype, length, wish_.maps}; }
    std::int64_t shorter(const std::string& dtype) const {
        return shorter_window(wish_.window_length, [&](std::int64_t length) { return fits(how(dtype, length)); });
    }
    const NeedsOf& needs_of_;
    const MemoryWish& wish_;
    std::uint64_t bytes_;
};

std::vector<MemoryOffer> offers(const NeedsOf& needs_of, const MemoryWish& wish, const MemoryThere& there) {
    std::vector<MemoryOffer> out;
    const auto offer = [&](const MemoryWish& way, bool close_first) {
        out.push_back({way, close_first, needs_of(way).total()});
    };
    const Search beside(needs_of, wish, there.bytes), alone(needs_of, wish, there.bytes + there.open_model);
    if (there.open_model > 0 && alone.fits(wish)) offer(wish, true);
    for (const MemoryWish& way : beside.ways()) offer(way, false);
    if (out.empty() && there.open_model > 0)
        for (const MemoryWish& way : alone.ways()) offer(way, true);
    return out;
}

std::string way_text(const MemoryOffer& offer, const MemoryWish& wish) {
    std::string out;
    if (offer.wish.dtype != wish.dtype) out = offer.wish.dtype;
    if (offer.wish.window_length != wish.window_length)
        out += (out.empty() ? "" : " with ") + ("windows of " + std::to_string(offer.wish.window_length) + " tokens");
    if (offer.close_first) out += (out.empty() ? "" : " and ") + std::string("closing the open model first");
    return out;
}

}  // namespace

MemoryReport weigh(const NeedsOf& needs_of, const MemoryWish& wish, const MemoryThere& there) {
    MemoryReport out{there, wish, needs_of(wish), 0, 0, true, {}};
    out.weights_float32 = needs_of({"float32", wish.window_length}).weights;
    out.weights_bfloat16 = needs_of({"bfloat16", wish.window_length}).weights;
    out.fits = there.bytes == 0 || out.needs.total() <= there.bytes;
    if (!out.fits) out.offers = offers(needs_of, wish, there);
    return out;
}

std::string memory_fault(const MemoryReport& report) {
    return report.wish.dtype + " with windows of " + std::to_string(report.wish.window_length) + " tokens needs " +
           size_text(report.needs.total()) + ", " + size_text(report.there.bytes) + " are there" +
           (report.there.device == "cpu" ? "" : " on " + report.there.device);
}

std::string memory_hint(const MemoryReport& report) {
    std::string out;
    for (const MemoryOffer& offer : report.offers) out += (out.empty() ? "" : " or ") + way_text(offer, report.wish);
    return out.empty() ? "neither bfloat16 nor shorter windows are enough" : out + " would fit";
}

}  // namespace gatescope
