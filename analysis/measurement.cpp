#include "analysis/measurement.h"

#include <algorithm>
#include <map>

#include "analysis/abilities.h"
#include "analysis/means_pass.h"
#include "analysis/pass.h"
#include "analysis/request_check.h"
#include "analysis/result_id.h"
#include "model/core/error.h"
#include "model/core/utc_time.h"
#include "model/transformer/device.h"
#include "model/transformer/transformer.h"

namespace gatescope {
namespace {

constexpr std::int64_t kNoWindow = -1;
// q and k of all layers are kept up to here; beyond, those of the layer that is looked at.
constexpr std::int64_t kMostKeptBytes = std::int64_t{1} << 30;

// Patterns are held until the capture is written, and stand there once more in the file that is put together.
void check_pattern_memory(const TextWindows& text, std::int64_t windows, const AnalysedHeads& analysed) {
    const auto heads = static_cast<std::uint64_t>(analysed.n_layers() * analysed.n_heads());
    std::uint64_t cells = 0;
    for (std::int64_t n = 0; n < windows; ++n) {
        const std::uint64_t tokens = text.windows[static_cast<std::size_t>(n)].size();
        cells += tokens * tokens;
    }
    check_memory(at::kCPU, 2 * sizeof(std::uint16_t) * heads * cells,
                 "attention patterns of " + std::to_string(windows) + (windows == 1 ? " window" : " windows"));
}

}  // namespace

struct Measurement::State {
    Transformer& model;
    RunRequest request;
    std::shared_ptr<const ModelSummary> summary;
    std::shared_ptr<const TextWindows> text;
    std::vector<std::string> warnings = check_request(request, model.config(), *text);
    std::int64_t windows = windows_of(request, *text);
    AnalysedHeads analysed = analysed_heads(request, model.config());
    std::string created = utc_now();

    DensePass dense{request, model.config(), analysed, longest_window(*text, windows)};
    std::vector<std::unique_ptr<GatePass>> gates{};
    std::unique_ptr<InductionPass> induction{};
    std::unique_ptr<MeansPass> means{};  // once a gate needs them
    StreamCache streams{0};

    std::int64_t shown_window = 0, shown_layer = 0;
    std::map<std::string, std::shared_ptr<const KeptWindow>> kept{};  // by the gate's syntax; dense: ""
    std::shared_ptr<const RunResult> picture{};                       // until something changes

    WindowOfText window(std::int64_t number) const {
        return {number, request.window_length, text->windows[static_cast<std::size_t>(number)]};
    }
    bool keeps_all_layers() const;
    bool has_kept(const std::string& name, std::int64_t number, std::int64_t layer) const;
    void run_pass(Pass& pass, const WindowOfText& at, const std::vector<Recorder*>& guests, JobContext& job) {
        pass.run(model, at, guests, streams, job);
        picture = nullptr;
    }
    void run_and_keep(Pass& pass, const std::string& name, std::int64_t number, std::int64_t layer, JobContext& job);
    std::shared_ptr<const KeptWindow> kept_for(const GateSpec* gate, std::int64_t number, std::int64_t layer,
                                               JobContext& job);
    void run_next(Pass& pass, const std::string& name, JobContext& job);
    bool step_means(JobContext& job);
    void give_means(GatePass& gate, JobContext& job);
    GatePass* find(const std::string& name) const;
    bool complete() const;
};

// A float32 estimate over dense and two gates.
bool Measurement::State::keeps_all_layers() const {
    const ModelConfig& shape = model.config();
    const std::int64_t width = 3 * (shape.n_heads + shape.n_kv_heads) * shape.d_head + 2 * shape.d_model;
    return shape.n_layers * request.window_length * width * 4 <= kMostKeptBytes;
}

bool Measurement::State::has_kept(const std::string& name, std::int64_t number, std::int64_t layer) const {
    const auto found = kept.find(name);
    return found != kept.end() && found->second->window == number && found->second->layers.contains(layer);
}

// One window of a pass; what maps of that window need is kept on the way. A click may change shown_window and
// shown_layer at its ticks, so they are arguments.
void Measurement::State::run_and_keep(Pass& pass, const std::string& name, std::int64_t number, std::int64_t layer,
                                      JobContext& job) {
    KeepingRecorder keeper(!name.empty(), keeps_all_layers() ? std::nullopt : std::optional(layer));
    run_pass(pass, window(number), {&keeper}, job);
    kept[name] = keeper.kept();
}

// One window of the pre-pass; false once it is whole.
bool Measurement::State::step_means(JobContext& job) {
    if (!means) means = std::make_unique<MeansPass>(request, model.config(), windows);
    return means->means() == nullptr && means->step(model, window(means->done()), job);
}

void Measurement::State::give_means(GatePass& gate, JobContext& job) {
    while (step_means(job)) job.tick();
    gate.use_means(means->means());
}

void Measurement::State::run_next(Pass& pass, const std::string& name, JobContext& job) {
    const std::int64_t number = pass.done();
    if (number == shown_window) return run_and_keep(pass, name, number, shown_layer, job);
    run_pass(pass, window(number), {}, job);
}

GatePass* Measurement::State::find(const std::string& name) const {
    for (const std::unique_ptr<GatePass>& gate : gates)
        if (print_gate(gate->spec()) == name) return gate.get();
    return nullptr;
}

// q and k of a window under a gate (dense: nullptr). Where they are not there a pass over the window is run; it counts
// where it is the next of its pass anyway.
std::shared_ptr<const KeptWindow> Measurement::State::kept_for(const GateSpec* gate, std::int64_t number,
                                                               std::int64_t layer, JobContext& job) {
    const std::string name = gate == nullptr ? "" : print_gate(*gate);
    if (has_kept(name, number, layer)) return kept[name];
    GatePass* const gate_pass = gate == nullptr ? nullptr : find(name);
    if (gate_pass != nullptr && gate_pass->waits_for_means()) give_means(*gate_pass, job);
    Pass* pass = gate == nullptr ? static_cast<Pass*>(&dense) : gate_pass;
    if (pass != nullptr && pass->done() == number && number < windows) {
        run_and_keep(*pass, name, number, layer, job);
    } else {
        RunRequest bare = request;
        bare.concentration = bare.patterns = bare.agreement = bare.masks = false;
        bare.spectra = {};
        DensePass plain(bare, model.config(), analysed, request.window_length);
        if (gate == nullptr) {
            run_and_keep(plain, name, number, layer, job);
        } else {
            GatePass gated(*gate, bare, model.config(), analysed);
            if (gated.waits_for_means()) give_means(gated, job);
            run_and_keep(gated, name, number, layer, job);
        }
    }
    return kept[name];
}

bool Measurement::State::complete() const {
    const bool gates_done =
        std::all_of(gates.begin(), gates.end(), [&](const auto& gate) { return gate->done() >= windows; });
    return gates_done && dense.done() >= windows && (!induction || induction->done() > 0);
}

Measurement::Measurement(Transformer& model, RunRequest request, std::shared_ptr<const ModelSummary> summary,
                         std::shared_ptr<const TextWindows> text)
    : state_(new State{model, std::move(request), std::move(summary), std::move(text)}) {
    if (state_->request.patterns) check_pattern_memory(*state_->text, state_->windows, state_->analysed);
    if (state_->request.induction)
        state_->induction = std::make_unique<InductionPass>(state_->request, model.config(), state_->analysed);
    set_gates(std::vector<GateSpec>(state_->request.gates));
}

Measurement::~Measurement() = default;

void Measurement::set_gates(const std::vector<GateSpec>& gates) {
    State& state = *state_;
    const ModelConfig& shape = state.model.config();
    std::vector<std::unique_ptr<GatePass>> passes;
    std::map<std::string, std::size_t> places;
    check_gates(gates, shape);
    check_key_sets(gates, state.request, *state.text);
    for (const GateSpec& gate : gates) {
        const std::string name = print_gate(gate);
        if (!places.emplace(name, passes.size()).second) continue;
        const bool stays = state.find(name) != nullptr;
        passes.push_back(stays ? nullptr : std::make_unique<GatePass>(gate, state.request, shape, state.analysed));
    }
    // Nothing fails from here on: a gate that can't be made leaves those that are there.
    for (std::unique_ptr<GatePass>& old : state.gates)
        if (const auto place = places.find(print_gate(old->spec())); place != places.end())
            passes[place->second] = std::move(old);
    state.gates = std::move(passes);
    state.picture = nullptr;
    std::erase_if(state.kept, [&](const auto& kept) { return !kept.first.empty() && !places.contains(kept.first); });
    state.request.gates.clear();
    for (const std::unique_ptr<GatePass>& gate : state.gates) state.request.gates.push_back(gate->spec());
}

bool Measurement::step(JobContext& job) {
    State& state = *state_;
    Pass* next = &state.dense;
    GatePass* next_gate = nullptr;
    for (const std::unique_ptr<GatePass>& gate : state.gates) {
        if (gate->done() >= next->done()) continue;
        next = next_gate = gate.get();
    }
    if (next_gate != nullptr && next_gate->waits_for_means()) {
        if (!state.step_means(job)) next_gate->use_means(state.means->means());
        return true;
    }
    const std::string name = next_gate == nullptr ? "" : print_gate(next_gate->spec());
    if (state.induction && state.induction->done() == 0 && next->done() > 0) {
        StreamCache of_its_own(0);
        state.induction->run(state.model, {0, state.request.window_length, state.induction->ids()}, {}, of_its_own,
                             job);
        state.picture = nullptr;
    } else if (next->done() < state.windows) {
        state.run_next(*next, name, job);
    }
    return !state.complete();
}

void Measurement::keep_streams(std::uint64_t bytes) {
    if (!why_no_gates(state_->model.config()).empty()) return;
    if (const std::uint64_t there = available_memory(parse_device(state_->model.device())); there > 0)
        bytes = std::min(bytes, there / 4);
    const std::int64_t longest = longest_window(*state_->text, state_->windows);
    const std::int64_t spacing =
        stream_spacing(bytes, state_->windows, longest, state_->model.config(), state_->model.dtype());
    state_->streams = StreamCache(bytes, spacing);
}

double Measurement::done() const {
    double done = static_cast<double>(state_->dense.done());
    for (const std::unique_ptr<GatePass>& gate : state_->gates) done += static_cast<double>(gate->done());
    if (state_->means) done += static_cast<double>(state_->means->done());
    return done + (state_->induction ? static_cast<double>(state_->induction->done()) : 0.0);
}

double Measurement::total() const {
    const bool means = state_->means || std::any_of(state_->gates.begin(), state_->gates.end(),
                                                    [](const auto& gate) { return gate->waits_for_means(); });
    return static_cast<double>(state_->windows) * static_cast<double>(1 + state_->gates.size() + (means ? 1 : 0)) +
           (state_->induction ? 1.0 : 0.0);
}

std::shared_ptr<const RunResult> Measurement::result() const {
    State& state = *state_;
    if (state.picture) return state.picture;
    auto result = std::make_shared<RunResult>();
    result->id = next_result_id();
    result->request = state.request;
    result->model = state.summary;
    result->text = state.text;
    result->device = state.model.device();
    result->dtype = state.model.dtype() == DataType::kBFloat16 ? "bfloat16" : "float32";
    result->created = state.created;
    result->warnings = state.warnings;
    state.dense.report(*result);
    if (state.induction && result->concentration) state.induction->report(*result->concentration);
    for (const std::unique_ptr<GatePass>& gate : state.gates)
        result->gates.push_back(gate->report(state.dense.token_nll()));
    result->complete = state.complete();
    state.picture = result;
    return result;
}

void Measurement::keep_window(std::int64_t window) {
    state_->shown_window = window;
    if (window == kNoWindow) state_->kept.clear();
}

bool Measurement::pattern_ready(std::int64_t window, std::int64_t layer, const GateSpec* gate) const {
    return state_->has_kept(gate == nullptr ? "" : print_gate(*gate), window, layer);
}

std::shared_ptr<const PatternMatrix> Measurement::pattern(std::int64_t window, std::int64_t layer, std::int64_t head,
                                                          const GateSpec* gate_a, const GateSpec* gate_b,
                                                          JobContext& job) {
    State& state = *state_;
    check_place(state.model.config(), *state.text, window, layer, head);
    state.shown_window = window;
    state.shown_layer = layer;
    auto out = std::make_shared<PatternMatrix>();
    out->layer = layer;
    out->head = head;
    out->window = window;
    const std::shared_ptr<const KeptWindow> dense = state.kept_for(nullptr, window, layer, job);
    out->tokens = dense->tokens;
    out->causal = state.model.config().causal;
    out->probabilities = head_pattern(*dense, layer, head);
    const auto keys = [&](const GateSpec* gate) {
        if (gate == nullptr) return std::vector<std::uint8_t>();
        // As it is measured: with what was read from its files.
        const GatePass* const pass = state.find(print_gate(*gate));
        const GateSpec& spec = pass == nullptr ? *gate : pass->spec();
        return head_keys(*state.kept_for(&spec, window, layer, job), spec, state.request.window_length, layer, head);
    };
    out->kept_a = keys(gate_a);
    out->kept_b = keys(gate_b);
    return out;
}

std::shared_ptr<const RunResult> run_to_end(Measurement& measurement, JobContext& job) {
    job.set_total(measurement.total());
    try {
        while (measurement.step(job)) job.tick(measurement.done());
        job.tick(measurement.done());
    } catch (const Cancelled&) {
        if (measurement.done() == 0) throw;
    }
    return measurement.result();
}

std::shared_ptr<const RunResult> measure(Transformer& model, const RunRequest& request,
                                         std::shared_ptr<const ModelSummary> summary,
                                         std::shared_ptr<const TextWindows> text, JobContext& job) {
    Measurement measurement(model, request, std::move(summary), std::move(text));
    measurement.keep_window(kNoWindow);
    return run_to_end(measurement, job);
}

}  // namespace gatescope
