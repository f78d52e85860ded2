#include "tests/support/synthetic_spectra.h"

#include <cmath>

#include "tests/support/synthetic_run.h"

namespace gatescope {
namespace {

constexpr std::int64_t kComponents = 4, kParts = 8;

class SpectraMaker {
  public:
    SpectraMaker(std::int64_t n_layers, std::int64_t n_heads) : n_layers_(n_layers), n_heads_(n_heads) {}

    Spectra make() {
        Spectra out;
        out.request = {.raw = true,
                       .folded = true,
                       .delta = 3,
                       .controls = true,
                       .seed = 11,
                       .activations = true,
                       .cosines = true};
        out.raw = kernels();
        out.folded = kernels();
        out.controls = controls();
        out.activations = ActivationSpectra{3, kParts, grid(), part(kParts), part(kParts), part(kParts)};
        out.cosines = PairCosines{3, grid(), grid()};
        return out;
    }

  private:
    float next() { return value_ += 0.0625F; }

    // The last head is that of a zero kernel.
    HeadGrid grid() {
        HeadGrid out{n_layers_, n_heads_, {}};
        for (std::int64_t n = 1; n < n_layers_ * n_heads_; ++n) out.values.push_back(next());
        out.values.push_back(kNaN);
        return out;
    }

    SpectrumPart part(std::int64_t n_values) {
        SpectrumPart out;
        out.values = {n_layers_, n_heads_, n_values, {}};
        for (std::int64_t head = 0; head < n_layers_ * n_heads_; ++head)
            for (std::int64_t n = 0; n < n_values; ++n) out.values.values.push_back(next() / static_cast<float>(1 + n));
        for (const char* id : {"rank_50", "rank_90", "rank_99", "effective_rank", "participation_ratio", "stable_rank"})
            out.ranks[id] = grid();
        return out;
    }

    WeightSpectra kernels() {
        WeightSpectra out{part(kComponents), part(kParts), part(kParts), {}};
        for (const char* id : {"skew_fraction", "positivity", "directionality"}) out.figures[id] = grid();
        return out;
    }

    ControlBand band(std::int64_t n_values) {
        ControlBand out;
        for (std::int64_t n = 0; n < n_values; ++n) {
            const float mean = next() / static_cast<float>(1 + n);
            out.low.push_back(0.5F * mean);
            out.mean.push_back(mean);
            out.high.push_back(2 * mean);
        }
        return out;
    }

    SpectraControls controls() {
        SpectraControls out;
        out.seed = 11;
        out.kernels = {7, band(kComponents), band(kParts), band(kParts), {}};
        for (const char* id : {"effective_rank", "skew_fraction", "skew/rank_90", "symmetric/stable_rank"})
            out.kernels.figures[id] = {next(), next(), next()};
        out.raw_projections = kernels();
        out.folded_projections = kernels();
        return out;
    }

    std::int64_t n_layers_, n_heads_;
    float value_ = 0;
};

std::shared_ptr<const ModelSpectra> checkpoint(const std::string& name, std::int64_t n_layers, std::int64_t n_heads,
                                               const IndexSet& layers, const IndexSet& heads) {
    auto model = std::make_shared<ModelSummary>(*synthetic_run().model);
    model->name = name;
    model->sha256 = std::string(64, name.back());
    model->config.n_layers = n_layers;
    model->config.n_heads = n_heads;
    auto out = std::make_shared<ModelSpectra>();
    out->name = name;
    out->model = model;
    out->layers = layers;
    out->heads = heads;
    out->spectra =
        std::make_shared<const Spectra>(synthetic_spectra(static_cast<std::int64_t>(layers.members(n_layers).size()),
                                                          static_cast<std::int64_t>(heads.members(n_heads).size())));
    return out;
}

// The last side is shorter than the others, as none of ours ever is.
HeadComponent component(bool routing, float value, std::size_t window) {
    HeadComponent out{routing, value, 0.25F, {}, {}, {}};
    for (int n = 0; n < (routing ? 2 : 1); ++n) out.directions.push_back({0.5F, value, -0.25F});
    for (int side = 0; side < (routing ? 4 : 2); ++side)
        out.sides.push_back({{side, " a", 0.75F}, {7, "\"", -0.5F}, {8, "", kNaN}});
    out.sides.back().pop_back();
    for (std::size_t token = 0; token < window; ++token)
        out.tokens.push_back({value + static_cast<float>(token), routing ? 0.125F : 0.0F});
    return out;
}

}  // namespace

Spectra synthetic_spectra(std::int64_t n_layers, std::int64_t n_heads) {
    return SpectraMaker(n_layers, n_heads).make();
}

RunResult synthetic_spectra_run() {
    RunResult out = synthetic_run();
    const Spectra spectra = synthetic_spectra(2, 2);
    out.request.spectra = spectra.request;
    out.spectra = std::make_shared<const Spectra>(spectra);
    const GateResult gate = out.gates[0];
    out.gates.clear();
    out.request.gates.clear();
    const double dense = std::log(12.25);
    // Syntax and nats above dense.
    const std::pair<const char*, double> points[] = {{"kernel-rank:r=2", 1.5},
                                                     {"kernel-rank:r=4", 0.0078125},
                                                     {"kernel-rank:r=8", 0.0009765625},
                                                     {"kernel-random:r=2,seed=1", 4},
                                                     {"kernel-random:r=4,seed=1", 2},
                                                     {"kernel-rank:r=2@0", 0.125},
                                                     {"kernel-rank:r=8@0", 0.00048828125},
                                                     {"routing-only", 0.5}};
    for (const auto& [syntax, above] : points) {
        out.gates.push_back(gate);
        GateResult& result = out.gates.back();
        result.gate = parse_gate(syntax);
        result.sparsity = 0;
        result.masks = nullptr;
        result.from_dense.nll = above;
        PerplexityEstimate& estimate = result.perplexity.estimate;
        estimate.nll = dense + above;
        estimate.perplexity = std::exp(estimate.nll);
        estimate.low = 0.9 * estimate.perplexity;
        estimate.high = 1.1 * estimate.perplexity;
        out.request.gates.push_back(out.gates.back().gate);
    }
    out.request.masks = out.request.patterns = false;
    out.patterns.clear();
    return out;
}

SpectraSurvey synthetic_survey() {
    SpectraSurvey out;
    auto plain = std::make_shared<ModelSpectra>(*checkpoint("small-c", 2, 2, {}, {}));
    out.models = {checkpoint("small", 3, 2, {}, {}),
                  checkpoint("large-b", 5, 4, IndexSet({0, 2, 3}), IndexSet({1, 3}))};
    auto some = std::make_shared<ModelSpectra>(*out.models[1]);
    auto weights = std::make_shared<Spectra>(*some->spectra);
    weights->request.controls = weights->request.cosines = false;
    weights->controls.reset();
    weights->cosines.reset();
    some->spectra = weights;
    out.models[1] = some;
    auto raw = std::make_shared<Spectra>();
    raw->request.raw = true;
    raw->raw = plain->spectra->raw;
    plain->spectra = raw;
    out.models.push_back(plain);
    out.request = out.models[0]->spectra->request;
    out.command = "gatescope spectra small large-b small-c --out s.h5";
    out.created = "2026-01-02T03:04:05Z";
    out.complete = true;
    return out;
}

HeadComponents synthetic_components() {
    HeadComponents out;
    out.request = {1, 3, 2, 1, 2, 3};
    out.skew_fraction = 0.625F;
    out.ids = {2, 4, 6, 8, 1, 3, 5, 7};
    out.planes = {component(true, 2.5F, out.ids.size()), component(true, 1.5F, out.ids.size())};
    out.axes = {component(false, -3.5F, out.ids.size())};
    return out;
}

ComponentsFile synthetic_components_file() {
    const RunResult run = synthetic_run();
    ComponentsFile out;
    out.model = run.model;
    out.text_name = run.text->name;
    out.text_sha256 = run.text->sha256;
    out.heads = {std::make_shared<const HeadComponents>(synthetic_components())};
    for (const std::int32_t id : out.heads[0]->ids) out.pieces[id] = run.text->pieces.at(id);
    out.command = "gatescope components tiny.gguf --layer 1 --head 3 --out c.h5";
    out.created = "2026-01-02T03:04:05Z";
    return out;
}

}  // namespace gatescope
