#include "app/engine/bench.h"

#include <algorithm>
#include <array>
#include <ctime>
#include <utility>

namespace gatescope {
namespace {

constexpr std::array kInductionFigures{"induction_score", "duplicate_score"};

std::string utc_now() {
    const std::time_t now = std::time(nullptr);
    std::tm utc{};
    gmtime_r(&now, &utc);
    std::array<char, 32> text{};
    std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &utc);
    return text.data();
}

const GateSpec* shown_gate(const GateSpec& gate) {
    return gate.dense() ? nullptr : &gate;
}

bool same(const GateSpec& a, const GateSpec& b) {
    return (a.dense() && b.dense()) || print_gate(a) == print_gate(b);
}

}  // namespace

std::vector<GateSpec> GatePair::measured() const {
    std::vector<GateSpec> out;
    if (!a.dense()) out.push_back(a);
    if (!b.dense() && (a.dense() || !same(a, b))) out.push_back(b);
    return out;
}

void Bench::begin(Source source, RunRequest request, std::int64_t kept) {
    auto measurement =
        std::make_unique<Measurement>(*source.model->transformer, request, source.model->summary, source.text);
    measurement->keep_window(kept);
    measurement_ = std::move(measurement);
    source_ = std::move(source);
    request_ = std::move(request);
    gates_ = {};
    induction_.reset();
}

bool Bench::set_gates(const GatePair& gates) {
    if (same(gates.a, gates_.a) && same(gates.b, gates_.b)) return false;
    measurement_->set_gates(gates.measured());
    gates_ = gates;
    request_.gates = gates.measured();
    return true;
}

bool Bench::step(JobContext& job) {
    return measurement_->step(job);
}

double Bench::done() const {
    return measurement_->done();
}

double Bench::total() const {
    return measurement_->total();
}

std::shared_ptr<const RunResult> Bench::result() const {
    if (!measurement_) return nullptr;
    auto bare = measurement_->result();
    if (bare->windows_done == 0) return nullptr;
    if (!induction_ || !bare->concentration) return bare;
    auto out = std::make_shared<RunResult>(*bare);
    out->request.induction = true;
    for (const char* figure : kInductionFigures) out->concentration->figures[figure] = induction_->figures.at(figure);
    out->concentration->induction_ids = induction_->induction_ids;
    return out;
}

// A measurement of its own, so that the windows done so far stay and the gates' go on.
void Bench::measure_induction(JobContext& job) {
    RunRequest request = request_;
    request.gates.clear();
    request.windows = 1;
    request.induction = true;
    Measurement pass(*source_.model->transformer, request, source_.model->summary, source_.text);
    pass.keep_window(-1);
    while (pass.step(job)) job.tick();
    induction_ = pass.result()->concentration;
}

ShowHead Bench::in_range(const ShowHead& wish) const {
    const ModelConfig& config = source_.model->summary->config;
    const auto windows = static_cast<std::int64_t>(source_.text->windows.size());
    const auto within = [](std::int64_t index, std::int64_t count) {
        return std::clamp<std::int64_t>(index, 0, std::max<std::int64_t>(count - 1, 0));
    };
    return {within(wish.layer, config.n_layers), within(wish.head, config.n_heads), within(wish.window, windows)};
}

std::shared_ptr<const PatternMatrix> Bench::pattern(const ShowHead& wish, const GatePair& gates, JobContext& job) {
    const ShowHead shown = in_range(wish);
    return measurement_->pattern(shown.window, shown.layer, shown.head, shown_gate(gates.a), shown_gate(gates.b), job);
}

bool Bench::pattern_ready(const ShowHead& wish) const {
    if (!measurement_) return false;
    const ShowHead shown = in_range(wish);
    return measurement_->pattern_ready(shown.window, shown.layer);
}

std::shared_ptr<const RunResult> dressed(const RunResult& bare, std::uint64_t id,
                                         std::shared_ptr<const ModelSummary> model, const std::string& command) {
    auto out = std::make_shared<RunResult>(bare);
    out->id = id;
    if (model) out->model = std::move(model);
    out->command = command;
    out->created = utc_now();
    return out;
}

}  // namespace gatescope
