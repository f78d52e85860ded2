#include "tests/support/fake_world.h"

#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "analysis/measurement.h"
#include "analysis/result_id.h"
#include "app/engine/model_memory.h"
#include "app/engine/models.h"
#include "app/engine/preview.h"
#include "captures/capture.h"
#include "captures/figure.h"
#include "model/checkpoint/checkpoint_reader.h"
#include "model/checkpoint/weight_hash.h"
#include "model/core/error.h"
#include "model/tokenizer/tokenizer.h"
#include "model/transformer/transformer.h"

namespace gatescope {
namespace {

constexpr std::int64_t kWindows = 4;

std::unique_ptr<FakeWorld>& the_world() {
    static auto world = std::make_unique<FakeWorld>();
    return world;
}

class FakeReader : public CheckpointReader {
  public:
    explicit FakeReader(std::string model) : model_(std::move(model)) {}
    std::string format() const override { return "fake"; }
    MetadataKind metadata_kind() const override { return MetadataKind::kGguf; }
    std::filesystem::path folder() const override { return model_; }
    std::vector<std::filesystem::path> weight_files() const override { return {}; }
    const std::vector<TensorInfo>& tensors() const override { return tensors_; }
    const nlohmann::json& metadata() const override { return metadata_; }
    void read_float32(const TensorInfo&, std::int64_t, std::span<float>) const override {}
    void release(const TensorInfo&) const override {}

  private:
    std::string model_;
    std::vector<TensorInfo> tensors_;
    nlohmann::json metadata_;
};

class FakeTokenizer : public Tokenizer {
  public:
    std::vector<std::int32_t> encode(std::string_view, std::size_t, JobContext*) const override { return {}; }
    std::string piece(std::int32_t) const override { return "a"; }
    std::string decode(const std::vector<std::int32_t>&) const override { return "a"; }
    std::size_t size() const override { return 1; }
    std::string kind() const override { return "fake"; }
    Ends ends() const override { return {}; }
};

class FakeTransformer : public Transformer {
  public:
    const ModelConfig& config() const override { return config_; }
    std::string device() const override { return "cpu"; }
    DataType dtype() const override { return DataType::kFloat32; }
    std::uint64_t parameter_count() const override { return 0; }
    at::Tensor forward(const ForwardRequest&, JobContext&) override { return {}; }
    at::Tensor logits(const at::Tensor&) override { return {}; }
    std::vector<float> token_nll(const at::Tensor&, std::span<const std::int32_t>, JobContext&) override { return {}; }

  private:
    ModelConfig config_;
};

double nll_of(const GateSpec* gate) {
    return gate ? 2.0 + 1.0 / static_cast<double>(integer(gate->terms.front().values, "k")) : 2.0;
}

PerplexityEstimate estimate(double nll, std::int64_t windows) {
    PerplexityEstimate out;
    out.windows = windows;
    out.tokens = windows;
    if (windows > 0) out.nll = nll;
    if (windows > 0) out.perplexity = std::exp(nll);
    return out;
}

std::shared_ptr<const Spectra> spectra_of(const RunResult& run) {
    if (run.windows_done == 0) return nullptr;
    auto out = std::make_shared<Spectra>();
    out->id = next_result_id();
    out->request = run.request.spectra;
    if (out->request.activations) out->activations.emplace().windows = run.windows_done;
    if (out->request.cosines) out->cosines.emplace().windows = run.windows_done;
    return out;
}

MemoryNeeds needs_of(const Model& model, const MemoryWish& wish) {
    const std::uint64_t value = wish.dtype == "bfloat16" ? 2 : 4;
    const std::uint64_t parameters = model.summary->name == "large" ? 1000 : 10;
    return {parameters * value, static_cast<std::uint64_t>(wish.window_length)};
}

std::shared_ptr<const TextWindows> fake_text(const std::string& name, std::int64_t length, std::int64_t windows) {
    auto out = std::make_shared<TextWindows>();
    out->name = name;
    out->window_length = length;
    const std::int64_t count = windows == 0 ? kWindows : std::min(windows, kWindows);
    out->windows.assign(static_cast<std::size_t>(count), {1, 2});
    ++world().texts_read;
    return out;
}

}  // namespace

FakeWorld& world() {
    return *the_world();
}
void renew_world() {
    the_world() = std::make_unique<FakeWorld>();
}

Model::Model() = default;
Model::~Model() = default;

std::unique_ptr<Model> open_model(const std::string& name, bool, bool, const DeviceWish&, JobContext& job) {
    const std::set<std::string> known = {"sample", "other", "encoder", "broken", "torn", "large"};
    do {
        job.tick();
    } while (world().hold_headers);
    ++world().headers_read;
    const bool of_a_run = name.find("/checkpoint-") != std::string::npos;
    if (!known.contains(name) && !of_a_run) throw Failure(FailureKind::kNotFound, "there is no such file", name);
    auto model = std::make_unique<Model>();
    model->reader = std::make_unique<FakeReader>(name);
    model->tokenizer = std::make_unique<FakeTokenizer>();
    auto summary = std::make_shared<ModelSummary>();
    summary->name = name;
    summary->config.n_layers = name == "other" ? 1 : 4;
    summary->config.n_heads = 2;
    summary->config.rope_dims = name == "other" ? 0 : 2;
    summary->config.causal = name != "encoder";
    model->summary = summary;
    return model;
}

void load_weights(Model& model, bool, const DeviceWish& wish, JobContext& job) {
    while (world().hold_loading) job.tick();
    if (model.summary->name == "broken") throw Failure(FailureKind::kBadFile, "is broken", "broken");
    model.transformer = std::make_unique<FakeTransformer>();
    model.weight_bytes = needs_of(model, {wish.dtype, wish.window_length}).weights;
    ++world().models_loaded;
}

ModelPreview preview_of(const std::string& path, const Model& model, const DeviceWish& wish, const MemoryThere& there) {
    ModelPreview out;
    out.path = path;
    out.family_label = "Fake";
    out.summary = model.summary;
    out.memory =
        weigh([&](const MemoryWish& how) { return needs_of(model, how); }, {wish.dtype, wish.window_length}, there);
    return out;
}

MemoryThere memory_there(const std::string&) {
    return {"cpu", world().memory_there, 0};
}

std::shared_ptr<const TextWindows> open_text(const std::string& text, const Model&, std::int64_t length,
                                             std::int64_t windows, JobContext&) {
    if (text != "sample" && text != "sample-train" && text != "other")
        throw Failure(FailureKind::kNotFound, "there is no such file", text);
    return fake_text(text, length, windows);
}

std::shared_ptr<const TextWindows> cut_text(const std::string& name, const std::string&, const Model&,
                                            std::int64_t length, std::int64_t windows, JobContext&) {
    return fake_text(name, length, windows);
}

std::shared_ptr<const TextWindows> open_tokens(const std::string& path, const Model&, std::int64_t length,
                                               std::int64_t windows, JobContext&) {
    return fake_text(path, length, windows);
}

std::vector<GateSpec> check_gate_files(const std::vector<GateSpec>& gates, const Model&, JobContext&) {
    return gates;
}

std::string weights_sha256(const CheckpointReader&, JobContext&) {
    return "5ha256";
}

// Two slices, as a small file has.
struct WeightHasher::State {
    bool begun = false;
    std::string result = "5ha256";
};
WeightHasher::WeightHasher(const CheckpointReader& reader) : state_(std::make_unique<State>()) {
    if (reader.folder() != "sample") state_->result += "-" + reader.folder().string();
}
WeightHasher::~WeightHasher() = default;
bool WeightHasher::step(JobContext&) {
    return !std::exchange(state_->begun, true);
}
const std::string& WeightHasher::result() const {
    return state_->result;
}

struct Measurement::State {
    RunRequest request;
    std::shared_ptr<const ModelSummary> summary;
    std::shared_ptr<const TextWindows> text;
    std::int64_t dense = 0, shown = 0;
    std::map<std::string, std::int64_t> kept;  // windows, by the gate's syntax
    std::vector<GateSpec> gates;
    std::vector<std::int64_t> done;  // by gate
    std::int64_t count() const { return static_cast<std::int64_t>(text->windows.size()); }
};

Measurement::Measurement(Transformer&, RunRequest request, std::shared_ptr<const ModelSummary> summary,
                         std::shared_ptr<const TextWindows> text)
    : state_(std::make_unique<State>()) {
    if (request.window_length > 100000) throw Failure(FailureKind::kUsage, "the window is too long");
    state_->request = request;
    state_->summary = std::move(summary);
    state_->text = std::move(text);
    set_gates(request.gates);
}
Measurement::~Measurement() = default;

void Measurement::set_gates(const std::vector<GateSpec>& gates) {
    std::vector<std::int64_t> done;
    for (const GateSpec& gate : gates) {
        if (gate.terms.front().id != "oracle") throw Failure(FailureKind::kNotFound, "the gate's file is missing");
        std::int64_t kept = 0;
        for (std::size_t old = 0; old < state_->gates.size(); ++old)
            if (print_gate(state_->gates[old]) == print_gate(gate)) kept = state_->done[old];
        done.push_back(kept);
    }
    state_->gates = gates;
    state_->done = done;
}

bool Measurement::step(JobContext& job) {
    std::int64_t* fewest = &state_->dense;
    std::string name;
    for (std::size_t gate = 0; gate < state_->gates.size(); ++gate)
        if (state_->done[gate] < *fewest) {
            fewest = &state_->done[gate];
            name = print_gate(state_->gates[gate]);
        }
    if (*fewest >= state_->count()) return false;
    const SpectraRequest& spectra = state_->request.spectra;
    const bool of_spectra = spectra.activations || spectra.cosines;
    do {
        job.tick();
    } while (of_spectra ? world().hold_spectra_windows : world().hold);
    if (of_spectra && world().fail_spectra_windows) throw Failure(FailureKind::kResource, "no room for spectra");
    if (of_spectra) {
        ++state_->dense;
        ++world().spectra_windows;
        return done() < total();
    }
    if (*fewest == state_->shown) state_->kept[name] = *fewest;
    ++*fewest;
    ++world().windows_run;
    return done() < total();
}

double Measurement::done() const {
    double out = static_cast<double>(state_->dense);
    for (const std::int64_t windows : state_->done) out += static_cast<double>(windows);
    return out;
}
double Measurement::total() const {
    return static_cast<double>(state_->count()) * static_cast<double>(1 + state_->gates.size());
}

std::shared_ptr<const RunResult> Measurement::result() const {
    auto out = std::make_shared<RunResult>();
    out->request = state_->request;
    out->request.gates = state_->gates;
    out->model = state_->summary;
    out->text = state_->text;
    out->windows_done = state_->dense;
    out->dense.estimate = estimate(nll_of(nullptr), state_->dense);
    out->concentration.emplace();
    if (state_->request.induction) {
        out->concentration->figures["induction_score"] = out->concentration->figures["duplicate_score"] = {};
        out->concentration->induction_ids = {1, 1};
    }
    for (std::size_t gate = 0; gate < state_->gates.size(); ++gate) {
        GateResult result;
        result.gate = state_->gates[gate];
        result.windows_done = state_->done[gate];
        result.perplexity.estimate = estimate(nll_of(&result.gate), state_->done[gate]);
        out->gates.push_back(result);
    }
    if (state_->request.spectra.activations || state_->request.spectra.cosines) out->spectra = spectra_of(*out);
    out->complete = done() >= total();
    return out;
}

void Measurement::keep_streams(std::uint64_t) {}

void Measurement::keep_window(std::int64_t window) {
    state_->shown = window;
}

std::shared_ptr<const PatternMatrix> Measurement::pattern(std::int64_t window, std::int64_t layer, std::int64_t head,
                                                          const GateSpec* gate_a, const GateSpec* gate_b,
                                                          JobContext& job) {
    state_->shown = window;
    const auto keep = [&](const GateSpec* gate) {
        const bool ready = pattern_ready(window, layer, gate);
        while (!ready && gate != nullptr && world().hold_keys) job.tick();
        if (!ready) ++world().passes_for_maps;
        state_->kept[gate ? print_gate(*gate) : ""] = window;
    };
    keep(nullptr);
    if (gate_a) keep(gate_a);
    if (gate_b) keep(gate_b);
    auto out = std::make_shared<PatternMatrix>();
    out->layer = layer, out->head = head, out->window = window;
    out->kept_a.assign(gate_a ? 1 : 0, 1);
    out->kept_b.assign(gate_b ? 1 : 0, 1);
    return out;
}

bool Measurement::pattern_ready(std::int64_t window, std::int64_t, const GateSpec* gate) const {
    const auto kept = state_->kept.find(gate ? print_gate(*gate) : "");
    return kept != state_->kept.end() && kept->second == window;
}

void check_capture_target(const std::filesystem::path& path, bool overwrite) {
    if (path == "there.h5" && !overwrite) throw Failure(FailureKind::kOutput, "exists already", path.string());
}

void write_capture(const RunResult& run, const std::filesystem::path& path, bool, JobContext&) {
    if (world().runs.no_room_for_captures) throw Failure(FailureKind::kOutput, "the disk is full", path.string());
    world().written = std::make_shared<const RunResult>(run);
    const std::lock_guard lock(world().runs.mutex);
    world().runs.captured[path.parent_path().string()] = world().written;
    world().runs.capture_threads.insert(std::this_thread::get_id());
}

std::shared_ptr<const RunResult> read_capture(const std::filesystem::path& path) {
    const bool of_run = path.filename() == "run.h5";
    const auto found = of_run ? world().runs.capture_in(path.parent_path().string()) : world().written;
    if (!found) throw Failure(FailureKind::kNotFound, "there is no such file", path.string());
    return found;
}

void draw_figure(const FigureRequest& request) {
    if (request.capture.empty()) throw Failure(FailureKind::kUsage, "holds nothing to draw", request.figure);
    ++world().figures_drawn;
}

}  // namespace gatescope
