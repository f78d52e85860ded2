#include "app/window/run_arms.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace gatescope {

namespace {

// Runs of one recipe lie beside each other, below its folder; a single run lies in the folder itself.
std::string group_of(const RunView& run) {
    const std::string& below = run.plan.folder;
    if (below.empty() || !run.folder.ends_with(below)) return run.folder;
    return run.folder.substr(0, run.folder.size() - below.size());
}

bool is_dense(const RunView& run) {
    return run.plan.gate.empty() || run.plan.gate == "dense";
}

void name_arms(std::vector<RunArm>& arms) {
    std::set<std::string> groups;
    for (const RunArm& arm : arms) groups.insert(arm.group);
    std::size_t place = 0;
    for (RunArm& arm : arms) {
        const TrainPlan& plan = arm.runs.front()->plan;
        const std::string recipe = plan.recipe.name.empty() ? "run" : plan.recipe.name;
        arm.label = plan.arm.empty() ? recipe : groups.size() > 1 ? recipe + ": " + plan.arm : plan.arm;
        const bool has_gates = std::any_of(arms.begin(), arms.end(), [&](const RunArm& other) {
            return other.group == arm.group && !is_dense(*other.runs.front());
        });
        arm.baseline = is_dense(*arm.runs.front()) && has_gates;
        if (!arm.baseline) arm.place = place++;
    }
}

double at_step(const RunView& run, const std::string& id, std::int64_t step) {
    const std::vector<double>* values = run_series(run, id);
    if (values == nullptr) return std::numeric_limits<double>::quiet_NaN();
    const auto found = std::lower_bound(run.curve->step.begin(), run.curve->step.end(), step);
    const auto at = static_cast<std::size_t>(found - run.curve->step.begin());
    if (found == run.curve->step.end() || *found != step || at >= values->size())
        return std::numeric_limits<double>::quiet_NaN();
    return (*values)[at];
}

// At the last step at which both were measured.
double nats_above(const RunView& run, const RunView& first) {
    if (run.curve == nullptr) return std::numeric_limits<double>::quiet_NaN();
    for (auto step = run.curve->step.rbegin(); step != run.curve->step.rend(); ++step) {
        const double above =
            std::log(at_step(run, "perplexity", *step)) - std::log(at_step(first, "perplexity", *step));
        if (std::isfinite(above)) return above;
    }
    return std::numeric_limits<double>::quiet_NaN();
}

}  // namespace

std::vector<RunArm> run_arms(const std::vector<SharedRun>& runs) {
    std::vector<RunArm> out;
    for (const SharedRun& run : runs) {
        const std::string group = group_of(*run), key = group + "\n" + run->plan.arm;
        auto arm = std::find_if(out.begin(), out.end(), [&](const RunArm& other) { return other.key == key; });
        if (arm == out.end()) {
            RunArm added;
            added.key = key, added.group = group;
            arm = out.insert(out.end(), std::move(added));
        }
        arm->runs.push_back(run);
    }
    name_arms(out);
    return out;
}

const std::vector<double>* run_series(const RunView& run, const std::string& id) {
    if (run.curve == nullptr) return nullptr;
    const auto found = run.curve->series.find(id);
    return found == run.curve->series.end() ? nullptr : &found->second;
}

double last_of(const RunView& run, const std::string& id) {
    if (const std::vector<double>* values = run_series(run, id))
        for (auto value = values->rbegin(); value != values->rend(); ++value)
            if (std::isfinite(*value)) return *value;
    return std::numeric_limits<double>::quiet_NaN();
}

SeedSpread seed_spread(const std::vector<double>& values) {
    SeedSpread out;
    double sum = 0, squares = 0;
    for (const double value : values)
        if (std::isfinite(value)) sum += value, ++out.seeds;
    if (out.seeds == 0) return out;
    out.mean = sum / static_cast<double>(out.seeds);
    for (const double value : values)
        if (std::isfinite(value)) squares += (value - out.mean) * (value - out.mean);
    if (out.seeds > 1) out.deviation = std::sqrt(squares / static_cast<double>(out.seeds - 1));
    return out;
}

ArmFigures arm_figures(const RunArm& arm, const RunArm& first) {
    ArmFigures out;
    std::vector<double> perplexity, dense, f1, above;
    for (const SharedRun& run : arm.runs) {
        perplexity.push_back(last_of(*run, "perplexity"));
        dense.push_back(last_of(*run, "perplexity_dense"));
        f1.push_back(last_of(*run, "f1"));
        for (const SharedRun& other : first.runs)
            if (other->plan.seed == run->plan.seed) above.push_back(nats_above(*run, *other));
        out.least_step = run == arm.runs.front() ? run->step : std::min(out.least_step, run->step);
        out.most_step = std::max(out.most_step, run->step);
        out.steps = std::max(out.steps, run->plan.steps);
    }
    out.perplexity = seed_spread(perplexity), out.dense = seed_spread(dense);
    out.f1 = seed_spread(f1), out.above_first = seed_spread(above);
    return out;
}

const RunArm& first_of_group(const std::vector<RunArm>& arms, const RunArm& arm) {
    return *std::find_if(arms.begin(), arms.end(), [&](const RunArm& other) { return other.group == arm.group; });
}

bool is_waiting(const RunView& run) {
    return run.status == "waiting";
}

bool is_active(const RunView& run) {
    return is_waiting(run) || run.status == "running" || run.status == "paused";
}

std::int64_t place_in_queue(const std::vector<SharedRun>& runs, const RunView& run) {
    std::int64_t place = 0;
    for (const SharedRun& other : runs) {
        if (is_waiting(*other)) ++place;
        if (other->folder == run.folder) return is_waiting(run) ? place : 0;
    }
    return 0;
}

SharedRun run_of(const std::vector<SharedRun>& runs, const std::string& folder) {
    const auto found =
        std::find_if(runs.begin(), runs.end(), [&](const SharedRun& run) { return run->folder == folder; });
    return found == runs.end() ? nullptr : *found;
}

SharedRun selected_run(const std::vector<SharedRun>& runs, const std::string& wish) {
    if (SharedRun wished = run_of(runs, wish)) return wished;
    for (const SharedRun& run : runs)
        if (run->status == "running") return run;
    return runs.empty() ? nullptr : runs.front();
}

std::int64_t nearest_checkpoint(const RunView& run, double step) {
    std::int64_t best = -1;
    for (const RunCheckpoint& checkpoint : run.checkpoints)
        if (best < 0 ||
            std::abs(static_cast<double>(checkpoint.step) - step) < std::abs(static_cast<double>(best) - step))
            best = checkpoint.step;
    return best;
}

}  // namespace gatescope
