#include "app/engine/bench.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <utility>

namespace gatescope {
namespace {

constexpr std::array kInductionFigures{"induction_score", "duplicate_score"};

const GateSpec* shown_gate(const GateSpec& gate) {
    return gate.dense() ? nullptr : &gate;
}

bool same(const GateSpec& a, const GateSpec& b) {
    return (a.dense() && b.dense()) || print_gate(a) == print_gate(b);
}

bool reads(const GateSpec& gate, const std::filesystem::path& file) {
    const std::vector<std::string> files = files_of(gate);
    return std::any_of(files.begin(), files.end(), [&](const std::string& one) {
        std::error_code ignored;
        return std::filesystem::equivalent(one, file, ignored);
    });
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
    measurement->keep_streams(Measurement::kUsualStreamBytes);
    spectra_ = {};
    measurement_ = std::move(measurement);
    source_ = std::move(source);
    measurement_->keep_window(in_range({0, 0, kept}).window);
    request_ = std::move(request);
    gates_ = {};
    induction_.reset();
    ++version_;
}

void Bench::clear() {
    spectra_ = {};
    measurement_.reset();
    source_ = {};
    request_ = {};
    gates_ = {};
    induction_.reset();
    ++version_;
}

bool Bench::set_gates(const GatePair& gates, JobContext& job) {
    if (same(gates.a, gates_.a) && same(gates.b, gates_.b)) return false;
    measurement_->set_gates(check_gate_files(gates.measured(), *source_.model, job));
    gates_ = gates;
    request_.gates = gates.measured();
    ++version_;
    return true;
}

bool Bench::file_changed(const std::string& path) {
    if (!measurement_) return false;
    GatePair left = gates_;
    for (GateSpec* gate : {&left.a, &left.b})
        if (reads(*gate, path)) *gate = {};
    if (same(left.a, gates_.a) && same(left.b, gates_.b)) return false;
    measurement_->set_gates(left.measured());
    gates_ = left;
    request_.gates = left.measured();
    ++version_;
    return true;
}

bool Bench::step(JobContext& job) {
    const double before = measurement_->done();
    const bool more = measurement_->step(job);
    if (measurement_->done() != before) ++version_;
    return more;
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
    ++version_;
}

bool Bench::spectra_step(const SpectraRequest& wish, JobContext& job) {
    return spectra_.step(wish, *source_.model, source_.text, request_, job);
}

ShowHead Bench::in_range(const ShowHead& wish) const {
    const ModelConfig& config = source_.model->summary->config;
    const auto windows = static_cast<std::int64_t>(source_.text->windows.size());
    const auto within = [](std::int64_t index, std::int64_t count) {
        return std::clamp<std::int64_t>(index, 0, std::max<std::int64_t>(count - 1, 0));
    };
    return {within(wish.layer, config.n_layers), within(wish.head, config.n_heads), within(wish.window, windows)};
}

bool Bench::map_ready(const ShowHead& wish) const {
    if (!measurement_) return false;
    const ShowHead head = in_range(wish);
    return measurement_->pattern_ready(head.window, head.layer);
}

bool Bench::keys_ready(const ShowHead& head, const GateSpec& gate) const {
    return !gate.dense() && measurement_->pattern_ready(head.window, head.layer, &gate);
}

std::shared_ptr<const PatternMatrix> Bench::map(const ShowHead& wish, const GatePair& gates, JobContext& job) {
    const ShowHead head = in_range(wish);
    if (!map_ready(head)) ++version_;  // the pass may count
    const GateSpec* gate_a = keys_ready(head, gates.a) ? &gates.a : nullptr;
    const GateSpec* gate_b = keys_ready(head, gates.b) ? &gates.b : nullptr;
    return measurement_->pattern(head.window, head.layer, head.head, gate_a, gate_b, job);
}

bool Bench::map_can_grow(const PatternMatrix& map, const GatePair& gates) const {
    const ShowHead head{map.layer, map.head, map.window};
    return (map.kept_a.empty() && keys_ready(head, gates.a)) || (map.kept_b.empty() && keys_ready(head, gates.b));
}

bool Bench::keys_need_pass(const ShowHead& wish, const GatePair& gates) const {
    const ShowHead head = in_range(wish);
    const auto run = measurement_->result();
    for (const GateResult& result : run->gates) {
        const bool shown = same(result.gate, gates.a) || same(result.gate, gates.b);
        const bool came_by = result.windows_done > head.window;
        if (shown && came_by && !keys_ready(head, result.gate)) return true;
    }
    return false;
}

void Bench::bring_keys(const ShowHead& wish, JobContext& job) {
    const ShowHead head = in_range(wish);
    ++version_;  // a pass may count
    measurement_->pattern(head.window, head.layer, head.head, shown_gate(gates_.a), shown_gate(gates_.b), job);
}

std::shared_ptr<const RunResult> dressed(const RunResult& bare, std::uint64_t id,
                                         std::shared_ptr<const ModelSummary> model, const std::string& command,
                                         std::shared_ptr<const SensitivityResult> sensitivity,
                                         std::shared_ptr<const Spectra> spectra) {
    auto out = std::make_shared<RunResult>(bare);
    out->id = id;
    if (model) out->model = std::move(model);
    out->command = command;
    if (sensitivity) out->sensitivity = std::move(sensitivity);
    if (spectra) {
        out->request.spectra = spectra->request;
        out->spectra = std::move(spectra);
    }
    return out;
}

}  // namespace gatescope
