#include "analysis/distillation_setup.h"

#include <algorithm>

#include "model/core/error.h"

namespace gatescope {
namespace {

constexpr std::size_t kHeldOutShare = 8;  // one window in so many, where no other text is named

std::vector<std::vector<std::int32_t>> first_windows(const std::vector<std::vector<std::int32_t>>& windows,
                                                     std::size_t begin, std::int64_t most) {
    const std::size_t end = std::min(windows.size(), begin + static_cast<std::size_t>(most));
    return {windows.begin() + static_cast<std::ptrdiff_t>(begin), windows.begin() + static_cast<std::ptrdiff_t>(end)};
}

}  // namespace

DistillWindows split_windows(const DistillRequest& request, const TextWindows& text, const TextWindows* held_out) {
    if (held_out != nullptr && held_out->sha256 == text.sha256 && !text.sha256.empty())
        throw Failure(FailureKind::kUsage, "is the text that the gate is trained on", held_out->name,
                      "name another one, or leave --held-out out");
    std::size_t for_training = text.windows.size();
    if (held_out == nullptr) for_training -= std::max<std::size_t>(1, for_training / kHeldOutShare);
    if (for_training == 0)
        throw Failure(FailureKind::kUsage,
                      "has too few windows of " + std::to_string(request.window_length) + " tokens to hold one out",
                      text.name, "give a longer text, or --held-out FILE");
    DistillWindows out;
    auto reported = std::make_shared<TextWindows>(held_out == nullptr ? text : *held_out);
    reported->windows =
        first_windows(reported->windows, held_out == nullptr ? for_training : 0, request.held_out_windows);
    out.held_out = std::move(reported);
    out.train = first_windows(text.windows, 0, static_cast<std::int64_t>(for_training));
    // A short last window would weigh as much as a whole one.
    if (out.train.size() > 1 && out.train.back().size() < out.train.front().size()) out.train.pop_back();
    return out;
}

}  // namespace gatescope
