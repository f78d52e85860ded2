#include "app/window/training_words.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "app/window/lab_requests.h"
#include "app/window/widgets/text.h"

namespace gatescope {

namespace {

double tokens_of(const RunView& run) {
    const TrainPlan& plan = run.plan;
    return static_cast<double>(plan.steps) * static_cast<double>(plan.batch * plan.accumulation * plan.window_length);
}

std::string ordinal(std::int64_t place) {
    const std::int64_t last = place % 10, ten = place / 10 % 10;
    const char* ending = ten == 1 ? "th" : last == 1 ? "st" : last == 2 ? "nd" : last == 3 ? "rd" : "th";
    return std::to_string(place) + ending;
}

}  // namespace

std::string spent_text(double seconds) {
    const auto whole = static_cast<long long>(std::llround(seconds));
    if (whole < 60) return std::to_string(whole) + " s";
    if (whole < 3600) return formatted("%lld min %02lld s", whole / 60, whole % 60);
    return formatted("%lld h %02lld min", whole / 3600, whole / 60 % 60);
}

std::string amount_text(double number) {
    if (number >= 1e9) return formatted("%.3g billion", number / 1e9);
    if (number >= 1e6) return formatted("%.3g million", number / 1e6);
    return number >= 1e4 ? formatted("%.3g k", number / 1e3) : grouped(static_cast<std::int64_t>(std::llround(number)));
}

std::string flops_text(double operations) {
    constexpr std::array<std::pair<double, const char*>, 5> kUnits = {
        {{1e18, "EFLOP"}, {1e15, "PFLOP"}, {1e12, "TFLOP"}, {1e9, "GFLOP"}, {1e6, "MFLOP"}}};
    for (const auto& [unit, name] : kUnits)
        if (operations >= unit) return formatted("%.3g %s", operations / unit, name);
    return formatted("%.0f FLOP", operations);
}

std::string cost_text(const RunView& run) {
    std::string out = spent_text(run.seconds) + ", " + amount_text(run.tokens) + " tokens";
    if (run.flops > 0) out += ", " + flops_text(run.flops);
    return out;
}

std::string status_text(const std::vector<SharedRun>& runs, const RunView& run) {
    if (!is_waiting(run)) return run.status;
    const std::int64_t place = place_in_queue(runs, run);
    return place <= 1 ? "waiting, next" : "waiting, " + ordinal(place);
}

std::string run_title(const RunView& run) {
    const std::string& what = run.plan.arm.empty() ? run.plan.recipe.name : run.plan.arm;
    return (what.empty() ? std::string("run") : what) + ", seed " + std::to_string(run.plan.seed);
}

std::string queue_words(const std::vector<SharedRun>& runs) {
    if (runs.empty()) return "runs of recipes, one trains at a time";
    const auto done =
        std::count_if(runs.begin(), runs.end(), [](const SharedRun& run) { return run->status == "done"; });
    std::string out = formatted("%td of %zu done", done, runs.size());
    double rate = 0, left = 0;
    for (const SharedRun& run : runs)
        if (run->status == "running") rate = run->tokens_per_second, left += std::max(0.0, run->seconds_left);
    if (!(rate > 0)) return out;
    for (const SharedRun& run : runs)
        if (is_waiting(*run)) left += std::max(0.0, tokens_of(*run) - run->tokens) / rate;
    return out + ", " + duration_text(left) + " left";
}

}  // namespace gatescope
