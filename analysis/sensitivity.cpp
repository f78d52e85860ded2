#include "analysis/sensitivity.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "analysis/abilities.h"
#include "analysis/budget_proposal.h"
#include "analysis/perplexity.h"
#include "analysis/request_check.h"
#include "analysis/result_id.h"
#include "analysis/stream_cache.h"
#include "model/core/error.h"
#include "model/transformer/transformer.h"

namespace gatescope {
namespace {

RunRequest run_of(const SensitivityRequest& request) {
    RunRequest out;
    out.window_length = request.window_length;
    out.windows = request.windows;
    out.concentration = out.agreement = false;
    return out;
}

// One thing to measure: a gate, and where its cost goes.
struct Task {
    enum class Kind { kLayer, kProposal, kEqual, kHead } kind = Kind::kLayer;
    std::size_t place = 0;  // in layer_cost or head_cost
    GateSpec gate;          // of kLayer and kHead
};

GateSpec alone(const GateTerm& term, std::int64_t budget, std::int64_t layer, const IndexSet& heads) {
    GateSpec gate = with_budget({{term}}, budget);
    gate.terms.front().layers = IndexSet(std::vector<std::int64_t>{layer});
    gate.terms.front().heads = heads;
    return gate;
}

// Layers upwards, each at all its budgets; then what is proposed; heads, of which there are many, come last.
std::vector<Task> tasks_of(const SensitivityRequest& request, const ModelConfig& model) {
    std::vector<Task> out;
    const auto layers = static_cast<std::size_t>(model.n_layers);
    for (std::int64_t layer = 0; layer < model.n_layers; ++layer)
        for (std::size_t budget = 0; budget < request.budgets.size(); ++budget)
            out.push_back({Task::Kind::kLayer, budget * layers + static_cast<std::size_t>(layer),
                           alone(request.gate, request.budgets[budget], layer, {})});
    out.push_back({Task::Kind::kProposal, 0, {}});
    out.push_back({Task::Kind::kEqual, 0, {}});
    if (!request.each_head) return out;
    for (std::int64_t layer = 0; layer < model.n_layers; ++layer)
        for (std::int64_t head = 0; head < model.n_heads; ++head)
            out.push_back({Task::Kind::kHead, static_cast<std::size_t>(layer * model.n_heads + head),
                           alone(request.gate, request.head_budget, layer, IndexSet(std::vector<std::int64_t>{head}))});
    return out;
}

// A map that goes on keeps the budgets that were measured before, and its heads.
SensitivityRequest widened(SensitivityRequest request, const SensitivityResult& earlier) {
    for (std::size_t budget = 0; budget < earlier.request.budgets.size(); ++budget) {
        bool whole = true;
        for (std::int64_t layer = 0; layer < earlier.n_layers; ++layer)
            whole &= !std::isnan(earlier.layer_at(budget, layer).nll);
        if (whole) request.budgets.push_back(earlier.request.budgets[budget]);
    }
    if (!request.each_head) request.head_budget = earlier.request.head_budget;
    return checked_sensitivity(request);
}

}  // namespace

struct Sensitivity::State {
    Transformer& model;
    std::shared_ptr<const TextWindows> text;
    SensitivityResult result{};
    std::int64_t windows = 0;
    std::vector<Task> tasks{};
    std::size_t next = 0;  // the task at work
    StreamCache streams{};
    std::vector<std::vector<float>> dense_rows{}, rows{};  // of the dense model; of the task at work
    PerplexityResult dense{};
    std::int64_t windows_run = 0, windows_before = 0;
    std::shared_ptr<const SensitivityResult> picture{};  // until something changes

    SensitivityPoint* point_of(const Task& task);
    bool measured(const Task& task);
    void take(const SensitivityResult& earlier);
    void skip_what_is_there();
    std::vector<float> run(const GateSpec& gate, std::int64_t window, JobContext& job);
    void step_dense(JobContext& job);
    void step_task(JobContext& job);
    const GateSpec& gate_of(const Task& task) const;
    bool layers_done() const;
    void count();
};

SensitivityPoint* Sensitivity::State::point_of(const Task& task) {
    switch (task.kind) {
        case Task::Kind::kLayer:
            return &result.layer_cost[task.place];
        case Task::Kind::kHead:
            return &result.head_cost[task.place];
        case Task::Kind::kProposal:
            return result.proposal ? &result.proposal->measured : nullptr;
        case Task::Kind::kEqual:
            return result.proposal ? &result.proposal->measured_equal : nullptr;
    }
    return nullptr;
}

bool Sensitivity::State::measured(const Task& task) {
    const SensitivityPoint* point = point_of(task);
    return point != nullptr && !std::isnan(point->nll);
}

// Points are told by layer, head and budget; a proposal by its gate, as other budgets may give another one.
void Sensitivity::State::take(const SensitivityResult& earlier) {
    const auto layers = static_cast<std::size_t>(result.n_layers);
    for (std::size_t budget = 0; budget < result.request.budgets.size(); ++budget) {
        const auto& grid = earlier.request.budgets;
        const auto found = std::find(grid.begin(), grid.end(), result.request.budgets[budget]);
        if (found == grid.end()) continue;
        const auto row = static_cast<std::size_t>(found - grid.begin());
        for (std::size_t layer = 0; layer < layers; ++layer)
            result.layer_cost[budget * layers + layer] = earlier.layer_cost[row * layers + layer];
    }
    if (!earlier.head_cost.empty() && earlier.request.head_budget == result.request.head_budget)
        result.head_cost = earlier.head_cost;
    if (!layers_done()) return;
    result.proposal = propose_budget(result);
    if (!earlier.proposal) return;
    const auto same = [](const GateSpec& one, const GateSpec& other) { return print_gate(one) == print_gate(other); };
    if (same(earlier.proposal->gate, result.proposal->gate)) result.proposal->measured = earlier.proposal->measured;
    if (same(earlier.proposal->equal, result.proposal->equal))
        result.proposal->measured_equal = earlier.proposal->measured_equal;
}

bool Sensitivity::State::layers_done() const {
    return std::none_of(result.layer_cost.begin(), result.layer_cost.end(),
                        [](const SensitivityPoint& point) { return std::isnan(point.nll); });
}

void Sensitivity::State::count() {
    result.done = std::count_if(tasks.begin(), tasks.end(), [this](const Task& task) { return measured(task); });
    result.id = next_result_id();
    picture = nullptr;
}

void Sensitivity::State::skip_what_is_there() {
    while (next < tasks.size() && measured(tasks[next])) ++next;
}

const GateSpec& Sensitivity::State::gate_of(const Task& task) const {
    if (task.kind == Task::Kind::kProposal) return result.proposal->gate;
    return task.kind == Task::Kind::kEqual ? result.proposal->equal : task.gate;
}

std::vector<float> Sensitivity::State::run(const GateSpec& gate, std::int64_t window, JobContext& job) {
    const std::vector<std::int32_t>& ids = text->windows[static_cast<std::size_t>(window)];
    const GateTrail trail(gate, model.config());
    GateRun run(gate);
    ForwardRequest request{.ids = ids, .window = window, .nominal_window = result.request.window_length};
    request.gate = gate.dense() ? nullptr : &run;
    const at::Tensor hidden_TD = forward_from_cache(model, request, trail, streams, job);
    std::vector<float> losses = model.token_nll(hidden_TD, ids, job);
    if (!std::all_of(losses.begin() + 1, losses.end(), [](float nll) { return std::isfinite(nll); }))
        throw Failure(FailureKind::kUnsupported, "the model's losses are not finite under " + print_gate(gate),
                      "window " + std::to_string(window), "try --dtype float32");
    ++windows_run;
    return losses;
}

void Sensitivity::State::step_dense(JobContext& job) {
    dense_rows.push_back(run({}, std::ssize(dense_rows), job));
    if (std::ssize(dense_rows) == windows) dense = {dense_rows, estimate_perplexity(dense_rows)};
}

void Sensitivity::State::step_task(JobContext& job) {
    const Task& task = tasks[next];
    rows.push_back(run(gate_of(task), std::ssize(rows), job));
    if (std::ssize(rows) < windows) return;
    const PairedDifference difference = paired_difference(rows, dense_rows);
    rows.clear();
    *point_of(task) = {difference.nll, difference.standard_error};
    if (!result.proposal && layers_done()) result.proposal = propose_budget(result);
    count();
    skip_what_is_there();
}

Sensitivity::Sensitivity(Transformer& model, const SensitivityRequest& request, std::shared_ptr<const TextWindows> text,
                         std::shared_ptr<const SensitivityResult> earlier)
    : state_(new State{model, std::move(text)}) {
    State& state = *state_;
    const ModelConfig& shape = model.config();
    if (const std::string why = why_no_perplexity(shape); !why.empty()) throw Failure(FailureKind::kUnsupported, why);
    SensitivityResult& result = state.result;
    result.request = checked_sensitivity(request);
    if (earlier && (!same_sensitivity(earlier->request, request) || earlier->n_layers != shape.n_layers ||
                    earlier->n_heads != shape.n_heads))
        earlier = nullptr;
    if (earlier) result.request = widened(result.request, *earlier);
    (void)check_request(run_of(result.request), shape, *state.text);
    state.windows = windows_of(run_of(result.request), *state.text);
    const std::int64_t spacing =
        stream_spacing(StreamCache::kUsualBytes, state.windows, result.request.window_length, shape, model.dtype());
    state.streams = StreamCache(StreamCache::kUsualBytes, spacing);
    result.n_layers = shape.n_layers;
    result.n_heads = shape.n_heads;
    result.layer_cost.resize(result.request.budgets.size() * static_cast<std::size_t>(shape.n_layers));
    if (result.request.each_head) result.head_cost.resize(static_cast<std::size_t>(shape.n_layers * shape.n_heads));
    state.tasks = tasks_of(result.request, shape);
    result.total = std::ssize(state.tasks);
    if (earlier) state.take(*earlier);
    state.count();
    state.windows_before = state.windows * result.done;
    state.skip_what_is_there();
}

Sensitivity::~Sensitivity() = default;

bool Sensitivity::step(JobContext& job) {
    State& state = *state_;
    if (state.next < state.tasks.size()) {
        if (std::ssize(state.dense_rows) < state.windows)
            state.step_dense(job);
        else
            state.step_task(job);
    }
    return state.next < state.tasks.size();
}

double Sensitivity::done() const {
    return static_cast<double>(state_->windows_run);
}

double Sensitivity::total() const {
    return static_cast<double>(state_->windows * (1 + state_->result.total) - state_->windows_before);
}

std::int64_t Sensitivity::points_done() const {
    return state_->result.done;
}

std::shared_ptr<const SensitivityResult> Sensitivity::result() const {
    if (!state_->picture) state_->picture = std::make_shared<const SensitivityResult>(state_->result);
    return state_->picture;
}

const PerplexityResult& Sensitivity::dense() const {
    return state_->dense;
}

}  // namespace gatescope
