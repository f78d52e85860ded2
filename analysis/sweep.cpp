#include "analysis/sweep.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>

#include "analysis/means_pass.h"
#include "analysis/pass.h"
#include "analysis/request_check.h"
#include "model/checkpoint/weight_hash.h"
#include "model/core/error.h"
#include "model/transformer/transformer.h"

namespace gatescope {
namespace {

// A point is another one once the file behind its gate is.
struct Point {
    GateSpec gate;
    std::map<std::string, std::string> file_sha256;
    std::optional<GateResult> result;

    bool is(const GateResult& other) const {
        return print_gate(other.gate) == print_gate(gate) && other.file_sha256 == file_sha256;
    }
};

std::vector<Point> unmeasured(const std::vector<GateSpec>& gates) {
    std::map<std::string, std::string> hashes;  // many points read one file
    std::vector<Point> out;
    for (const GateSpec& gate : gates) {
        Point point{gate, {}, {}};
        for (const std::string& file : files_of(gate)) {
            if (!hashes.contains(file)) hashes[file] = file_sha256(file);
            point.file_sha256[file] = hashes[file];
        }
        out.push_back(std::move(point));
    }
    return out;
}

}  // namespace

struct Sweep::State {
    Transformer& model;
    RunRequest request;
    std::shared_ptr<const ModelSummary> summary;
    std::shared_ptr<const TextWindows> text;
    std::shared_ptr<const RunResult> earlier;
    std::vector<std::string> warnings = check_request(request, model.config(), *text);
    std::int64_t windows = windows_of(request, *text);
    AnalysedHeads analysed = analysed_heads(request, model.config());
    DensePass dense_pass{request, model.config(), analysed, longest_window(*text, windows)};
    PerplexityResult dense{};  // whole, or none
    std::vector<Point> points = unmeasured(request.gates);
    std::unique_ptr<GatePass> pass{};  // of the first point that is not whole
    std::unique_ptr<MeansPass> means{};
    StreamCache streams{stream_bytes()};
    std::int64_t windows_run = 0, windows_before = 0;
    mutable std::uint64_t id = 0;

    bool dense_done() const { return std::ssize(dense.token_nll) == windows; }
    bool whole(const GateResult& gate) const {
        return gate.windows_done == windows && std::ssize(gate.perplexity.token_nll) == windows &&
               (!request.agreement || !gate.agreement.empty());
    }
    // Streams serve gates that leave the first layers alone.
    std::uint64_t stream_bytes() const {
        const bool serve = std::any_of(points.begin(), points.end(), [&](const Point& point) {
            return !GateTrail(point.gate, model.config()).touches(0);
        });
        return serve ? StreamCache::kUsualBytes : 0;
    }
    Point* next() {
        const auto found = std::find_if(points.begin(), points.end(), [](const Point& point) { return !point.result; });
        return found == points.end() ? nullptr : &*found;
    }
    WindowOfText window(std::int64_t number) const {
        return {number, request.window_length, text->windows[static_cast<std::size_t>(number)]};
    }
    void keep_earlier();
    void step_dense(JobContext& job);
    void step_point(Point& point, JobContext& job);
};

void Sweep::State::keep_earlier() {
    if (earlier && std::ssize(earlier->dense.token_nll) == windows) {
        dense = earlier->dense;
        windows_before += windows;
    }
    if (!earlier || !dense_done()) return;
    for (Point& point : points) {
        const auto found = std::find_if(earlier->gates.begin(), earlier->gates.end(),
                                        [&](const GateResult& gate) { return whole(gate) && point.is(gate); });
        if (found == earlier->gates.end()) continue;
        point.result = *found;
        windows_before += windows;
    }
}

void Sweep::State::step_dense(JobContext& job) {
    dense_pass.run(model, window(dense_pass.done()), {}, streams, job);
    ++windows_run;
    if (dense_pass.done() < windows) return;
    RunResult report;
    dense_pass.report(report);
    dense = report.dense;
}

void Sweep::State::step_point(Point& point, JobContext& job) {
    if (!pass) pass = std::make_unique<GatePass>(point.gate, request, model.config(), analysed);
    if (pass->waits_for_means()) {
        if (!means) means = std::make_unique<MeansPass>(request, model.config(), windows);
        while (means->means() == nullptr && means->step(model, window(means->done()), job)) job.tick();
        pass->use_means(means->means());
    }
    pass->run(model, window(pass->done()), {}, streams, job);
    ++windows_run;
    if (pass->done() < windows) return;
    point.result = pass->report(dense.token_nll);
    pass.reset();
}

Sweep::Sweep(Transformer& model, RunRequest request, std::shared_ptr<const ModelSummary> summary,
             std::shared_ptr<const TextWindows> text, std::shared_ptr<const RunResult> earlier)
    : state_(new State{model, std::move(request), std::move(summary), std::move(text), std::move(earlier)}) {
    state_->keep_earlier();
}

Sweep::~Sweep() = default;

bool Sweep::step(JobContext& job) {
    if (!state_->dense_done())
        state_->step_dense(job);
    else if (Point* point = state_->next())
        state_->step_point(*point, job);
    return !state_->dense_done() || state_->next() != nullptr;
}

double Sweep::done() const {
    return static_cast<double>(state_->windows_run);
}

double Sweep::total() const {
    return static_cast<double>(state_->windows * (1 + std::ssize(state_->points)) - state_->windows_before);
}

std::int64_t Sweep::points_done() const {
    return std::count_if(state_->points.begin(), state_->points.end(),
                         [](const Point& point) { return point.result.has_value(); });
}

std::int64_t Sweep::points() const {
    return std::ssize(state_->points);
}

const GateSpec* Sweep::at_work() const {
    const Point* point = state_->dense_done() ? state_->next() : nullptr;
    return point == nullptr ? nullptr : &point->gate;
}

std::shared_ptr<const RunResult> Sweep::result() const {
    const State& state = *state_;
    // What else is in the earlier result stays in it.
    auto out = state.earlier ? std::make_shared<RunResult>(*state.earlier) : std::make_shared<RunResult>();
    const std::vector<GateResult> kept = std::exchange(out->gates, {});
    out->id = ++state.id;
    out->request = state.request;
    out->request.concentration = out->concentration.has_value();
    out->model = state.summary;
    out->text = state.text;
    out->device = state.model.device();
    out->dtype = state.model.dtype() == DataType::kBFloat16 ? "bfloat16" : "float32";
    out->warnings = state.warnings;
    out->dense = state.dense;
    out->windows_done = state.dense_done() ? state.windows : 0;
    for (const Point& point : state.points)
        if (point.result) out->gates.push_back(*point.result);
    for (const GateResult& gate : kept) {
        const auto asked_for = [&](const Point& point) { return print_gate(point.gate) == print_gate(gate.gate); };
        if (!state.whole(gate) || std::any_of(state.points.begin(), state.points.end(), asked_for)) continue;
        out->gates.push_back(gate);
        out->request.gates.push_back(gate.gate);
    }
    out->complete = state.dense_done() && std::ssize(out->gates) == std::ssize(out->request.gates);
    return out;
}

}  // namespace gatescope
