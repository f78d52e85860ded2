#include "app/engine/gate_timings.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "analysis/measurement.h"
#include "app/engine/seconds_of.h"
#include "model/gates/gate.h"
#include "model/transformer/transformer.h"

namespace gatescope {
namespace {

// Another k for every repeat, so that no toggle meets what an earlier one left; about the same work.
GateSpec like(const std::string& gate, int repeat) {
    constexpr std::int64_t kKeys = 64, kApart = 16;
    return with_budget(parse_gate(gate), kKeys + kApart * repeat);
}

RunRequest as_in_the_window(std::int64_t window_length) {
    RunRequest request;
    request.window_length = window_length;
    request.windows = 1;
    return request;
}

}  // namespace

GateTimer::GateTimer(const Model& model, std::shared_ptr<const TextWindows> text, int repeats, JobContext& job,
                     std::function<void(Timing)> row)
    : model_(model), text_(std::move(text)), repeats_(repeats), job_(job), row_(std::move(row)) {}

void GateTimer::forward(GateRun* gate) {
    ForwardRequest request;
    request.ids = text_->windows.front();
    request.nominal_window = text_->window_length;
    request.gate = gate;
    JobContext quiet;
    model_.transformer->forward(request, quiet);
}

void GateTimer::forwards(const std::vector<std::string>& gates) {
    for (const std::string& gate : gates) {
        GateRun run(parse_gate(gate));
        compare(
            "forward under " + gate, "plain forward", [&](int) { forward(&run); }, [&] { forward(nullptr); });
    }
}

void GateTimer::toggles(const std::vector<std::string>& gates) {
    JobContext quiet;
    Measurement measurement(*model_.transformer, as_in_the_window(text_->window_length), model_.summary, text_);
    measurement.keep_streams(Measurement::kUsualStreamBytes);
    measurement.step(quiet);
    RunRequest bare = as_in_the_window(text_->window_length);
    bare.concentration = false;
    for (const std::string& gate : gates)
        compare(
            "toggle to the first number, " + gate, "forward and nll",
            [&](int repeat) {
                measurement.set_gates({like(gate, repeat)});
                measurement.step(quiet);
            },
            [&] { measure(*model_.transformer, bare, model_.summary, text_, quiet); });
}

void GateTimer::compare(const std::string& name, const std::string& of, const std::function<void(int)>& work,
                        const std::function<void()>& base) {
    double best = std::numeric_limits<double>::infinity(), best_base = best;
    for (int n = 0; n < repeats_; ++n) {
        job_.tick();
        best_base = std::min(best_base, seconds_of(base));
        best = std::min(best, seconds_of([&] { work(n); }));
    }
    row_({name + ", T = " + std::to_string(text_->window_length), best, best / best_base, of});
}

}  // namespace gatescope
