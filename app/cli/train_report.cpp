#include "app/cli/train_report.h"

#include <cmath>
#include <map>

#include "app/engine/text_table.h"
#include "app/engine/time_text.h"

namespace gatescope {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t kWidth = 12;
constexpr const char* kNone = "–";  // three bytes, one column

std::string cell(const std::string& text) {
    const std::size_t width = text == kNone ? 1 : text.size();
    return (width < kWidth ? std::string(kWidth - width, ' ') : " ") + text;
}

double value_at(const RunView& run, const std::string& series, std::size_t n) {
    if (run.curve == nullptr) return std::nan("");
    const auto found = run.curve->series.find(series);
    return found == run.curve->series.end() || n >= found->second.size() ? std::nan("") : found->second[n];
}

double last_of(const RunView& run, const std::string& series) {
    return run.curve == nullptr || run.curve->step.empty() ? std::nan("")
                                                           : value_at(run, series, run.curve->step.size() - 1);
}

bool has_gate(const RunView& run) {
    return run.plan.gate != "dense";
}

ordered_json plain(double value) {
    return std::isfinite(value) ? ordered_json(value) : ordered_json();
}

double mean_of(const std::vector<double>& values) {
    double sum = 0;
    for (const double value : values) sum += value;
    return values.empty() ? std::nan("") : sum / static_cast<double>(values.size());
}

// ddof 1; NaN of fewer than two.
double deviation_of(const std::vector<double>& values) {
    if (values.size() < 2) return std::nan("");
    const double mean = mean_of(values);
    double sum = 0;
    for (const double value : values) sum += (value - mean) * (value - mean);
    return std::sqrt(sum / static_cast<double>(values.size() - 1));
}

// Held-out perplexities at the end of the runs of an arm, by seed; those that have none are left out.
struct ArmResult {
    std::string name;
    std::map<std::int64_t, double> perplexity;
    std::vector<double> values() const {
        std::vector<double> out;
        for (const auto& [seed, value] : perplexity) out.push_back(value);
        return out;
    }
    // From the first arm's, of the seeds that both have.
    std::vector<double> differences(const ArmResult& first) const {
        std::vector<double> out;
        for (const auto& [seed, value] : perplexity)
            if (const auto found = first.perplexity.find(seed); found != first.perplexity.end())
                out.push_back(value - found->second);
        return out;
    }
};

std::vector<ArmResult> arms_of(const RunViews& runs) {
    std::vector<ArmResult> out;
    for (const auto& run : runs) {
        if (out.empty() || out.back().name != run->plan.arm) out.push_back({run->plan.arm, {}});
        if (const double value = last_of(*run, "perplexity"); std::isfinite(value))
            out.back().perplexity[run->plan.seed] = value;
    }
    return out;
}

double standard_error(const std::vector<double>& values) {
    return deviation_of(values) / std::sqrt(static_cast<double>(values.size()));
}

std::string arms_table(const std::vector<ArmResult>& arms) {
    std::vector<std::vector<std::string>> rows;
    for (const ArmResult& arm : arms) {
        const std::vector<double> values = arm.values();
        const std::vector<double> differences = arm.differences(arms.front());
        const bool first = &arm == &arms.front();
        rows.push_back({arm.name.empty() ? "all" : arm.name, std::to_string(values.size()),
                        number("%.3f", mean_of(values)), number("%.3f", deviation_of(values)),
                        first ? "" : number("%+.3f", mean_of(differences)),
                        first ? "" : number("%.3f", standard_error(differences))});
    }
    const std::string from = arms.size() > 1 ? "minus " + arms.front().name : "difference";
    return table({{"arm", Align::kLeft}, {"seeds"}, {"perplexity"}, {"deviation"}, {from}, {"std error"}}, rows);
}

std::vector<std::string> run_row(const RunView& run) {
    return {run.plan.name,
            run.status,
            std::to_string(run.step),
            number("%.4f", last_of(run, "loss")),
            number("%.3f", last_of(run, "perplexity")),
            has_gate(run) ? number("%.3f", last_of(run, "perplexity_dense")) : "",
            run.unigram_perplexity > 0 ? number("%.1f", run.unigram_perplexity) : "",
            number("%.3g", run.tokens),
            number("%.3g", run.flops),
            time_text(run.seconds)};
}

ordered_json run_json(const RunView& run) {
    ordered_json out = {{"name", run.plan.name},     {"arm", run.plan.arm},
                        {"seed", run.plan.seed},     {"folder", run.folder},
                        {"status", run.status},      {"message", run.message},
                        {"gate", run.plan.gate},     {"steps", run.plan.steps},
                        {"step", run.step},          {"tokens", static_cast<std::int64_t>(run.tokens)},
                        {"flops", plain(run.flops)}, {"seconds", plain(run.seconds)}};
    out["unigram_perplexity"] = run.unigram_perplexity > 0 ? plain(run.unigram_perplexity) : ordered_json();
    out["loss"] = plain(last_of(run, "loss"));
    out["perplexity"] = plain(last_of(run, "perplexity"));
    out["perplexity_dense"] = plain(last_of(run, "perplexity_dense"));
    out["warnings"] = run.warnings;
    out["checkpoints"] = ordered_json::array();
    for (const RunCheckpoint& checkpoint : run.checkpoints) out["checkpoints"].push_back(checkpoint.path);
    ordered_json curve = {{"step", run.curve ? run.curve->step : std::vector<std::int64_t>()}};
    if (run.curve)
        for (const auto& [name, values] : run.curve->series) {
            curve[name] = ordered_json::array();
            for (const double value : values) curve[name].push_back(plain(value));
        }
    out["curve"] = curve;
    return out;
}

}  // namespace

std::string train_title(const RunView& run) {
    std::string out = cell("step") + cell("loss") + cell("perplexity");
    if (has_gate(run)) out += cell("dense");
    return out + cell("gradient") + cell("rate") + cell("tokens/s") + cell("left");
}

std::string train_line(const RunView& run, std::size_t n) {
    std::string out = cell(std::to_string(run.curve->step[n])) + cell(number("%.4f", value_at(run, "loss", n))) +
                      cell(number("%.3f", value_at(run, "perplexity", n)));
    if (has_gate(run)) out += cell(number("%.3f", value_at(run, "perplexity_dense", n)));
    return out + cell(number("%.3g", value_at(run, "gradient_norm", n))) +
           cell(number("%.3g", value_at(run, "learning_rate", n))) +
           cell(run.tokens_per_second > 0 ? number("%.0f", run.tokens_per_second) : kNone) +
           cell(run.seconds_left >= 0 ? time_text(run.seconds_left) : kNone);
}

std::string train_table(const RunViews& runs) {
    std::vector<std::vector<std::string>> rows;
    for (const auto& run : runs) rows.push_back(run_row(*run));
    std::string out = table({{"run", Align::kLeft},
                             {"status", Align::kLeft},
                             {"steps"},
                             {"loss"},
                             {"perplexity"},
                             {"dense"},
                             {"unigram"},
                             {"tokens"},
                             {"FLOPs"},
                             {"time"}},
                            rows);
    if (runs.size() > 1) out += "\n" + arms_table(arms_of(runs));
    return out;
}

ordered_json train_json(const RunViews& runs) {
    ordered_json out = {{"runs", ordered_json::array()}};
    for (const auto& run : runs) out["runs"].push_back(run_json(*run));
    if (runs.size() < 2) return out;
    const std::vector<ArmResult> arms = arms_of(runs);
    out["arms"] = ordered_json::array();
    for (const ArmResult& arm : arms) {
        const std::vector<double> differences = arm.differences(arms.front());
        out["arms"].push_back({{"arm", arm.name},
                               {"seeds", arm.perplexity.size()},
                               {"perplexity", plain(mean_of(arm.values()))},
                               {"deviation", plain(deviation_of(arm.values()))},
                               {"difference", plain(mean_of(differences))},
                               {"standard_error", plain(standard_error(differences))}});
    }
    return out;
}

}  // namespace gatescope
