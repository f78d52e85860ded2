// Sweeps, sensitivity maps and the captures that they go on with, for fake_world.h.
#include "analysis/sensitivity.h"
#include "analysis/sweep.h"
#include "app/engine/earlier_run.h"
#include "model/core/error.h"
#include "tests/support/fake_world.h"

namespace gatescope {
namespace {

constexpr std::int64_t kLayers = 2, kHeads = 2;

// A window: as long as the test wants it to be.
void run_window(JobContext& job) {
    do {
        job.tick();
    } while (world().hold);
    ++world().lab_windows_run;
}

}  // namespace

RunPlace place_of(const Model& model, std::shared_ptr<const TextWindows> text, const RunRequest& request) {
    return {model.summary, std::move(text), request.window_length, {}, {}, "cpu", "float32"};
}

std::shared_ptr<const RunResult> earlier_run(const std::filesystem::path&) {
    return world().written;
}

void check_same_place(const RunResult& earlier, const RunPlace& now, const std::filesystem::path& path) {
    if (earlier.text->name != now.text->name) throw Failure(FailureKind::kUsage, "another text", path.string());
}

std::map<std::string, std::string> hashes_of_files(const GateSpec&) {
    return {};
}

std::shared_ptr<const RunResult> in_words_of(const std::vector<GateSpec>&, const RunResult& earlier) {
    return std::make_shared<const RunResult>(earlier);
}

struct Sweep::State {
    RunResult result;
    std::size_t windows_of_point = 0;
    std::int64_t run = 0;
};

Sweep::Sweep(Transformer&, RunRequest request, std::shared_ptr<const ModelSummary> summary,
             std::shared_ptr<const TextWindows> text, std::shared_ptr<const RunResult> earlier)
    : state_(std::make_unique<State>()) {
    state_->result.request = std::move(request);
    for (const GateSpec& gate : state_->result.request.gates)
        for (const GateResult& there : earlier ? earlier->gates : std::vector<GateResult>())
            if (print_gate(there.gate) == print_gate(gate)) state_->result.gates.push_back(there);
    state_->result.model = std::move(summary);
    state_->result.text = std::move(text);
}
Sweep::~Sweep() = default;

bool Sweep::step(JobContext& job) {
    RunResult& result = state_->result;
    if (points_done() == points()) return false;
    run_window(job);
    ++state_->run;
    if (++state_->windows_of_point < result.text->windows.size()) return true;
    state_->windows_of_point = 0;
    GateResult point;
    point.gate = result.request.gates[result.gates.size()];
    result.gates.push_back(std::move(point));
    return points_done() < points();
}

double Sweep::done() const {
    return static_cast<double>(state_->run);
}
double Sweep::total() const {
    return static_cast<double>(points()) * static_cast<double>(state_->result.text->windows.size());
}
std::int64_t Sweep::points_done() const {
    return std::ssize(state_->result.gates);
}
std::int64_t Sweep::points() const {
    return std::ssize(state_->result.request.gates);
}
std::shared_ptr<const RunResult> Sweep::result() const {
    auto out = std::make_shared<RunResult>(state_->result);
    out->complete = points_done() == points();
    return out;
}

struct Sensitivity::State {
    std::shared_ptr<SensitivityResult> result = std::make_shared<SensitivityResult>();
    PerplexityResult dense;
};

Sensitivity::Sensitivity(Transformer&, const SensitivityRequest& request, std::shared_ptr<const TextWindows>,
                         std::shared_ptr<const SensitivityResult> earlier)
    : state_(std::make_unique<State>()) {
    SensitivityResult& map = *state_->result;
    if (earlier && same_sensitivity(earlier->request, request)) map = *earlier;
    map.request = request;
    map.n_layers = kLayers;
    map.n_heads = kHeads;
    map.layer_cost.resize(request.budgets.size() * static_cast<std::size_t>(kLayers));
    map.total = std::ssize(map.layer_cost);
}
Sensitivity::~Sensitivity() = default;

bool Sensitivity::step(JobContext& job) {
    if (points_done() == state_->result->total) return false;
    run_window(job);
    auto next = std::make_shared<SensitivityResult>(*state_->result);
    next->layer_cost[static_cast<std::size_t>(next->done++)] = {0.5, 0.1};
    ++next->id;
    state_->result = std::move(next);
    return points_done() < state_->result->total;
}

double Sensitivity::done() const {
    return static_cast<double>(points_done());
}
double Sensitivity::total() const {
    return static_cast<double>(state_->result->total);
}
std::int64_t Sensitivity::points_done() const {
    return state_->result->done;
}
std::shared_ptr<const SensitivityResult> Sensitivity::result() const {
    return state_->result;
}
const PerplexityResult& Sensitivity::dense() const {
    return state_->dense;
}

}  // namespace gatescope
