#include "tests/support/fake_spectra.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

namespace gatescope::fake {

namespace {

// A value between 0 and 1 that looks drawn, the same for the same place.
double noise(std::int64_t place) {
    const double wave = std::sin(static_cast<double>(place) * 12.9898) * 43758.5453;
    return wave - std::floor(wave);
}

// How a head is: its share of routing and how fast its values fall, in components.
struct HeadCharacter {
    double skew = 0.5, fall = 20, norm = 10, lean = 0;  // lean: of the eigenvalues, towards positive ones
};

HeadCharacter character(double depth, std::int64_t place) {
    const double draw = noise(place), other = noise(place + 7'001);
    HeadCharacter out;
    out.skew = std::clamp(0.5 - 0.16 * depth + 0.22 * (draw - 0.5), 0.02, 0.6);
    out.fall = 30 - 14 * depth + 12 * (other - 0.5);
    out.norm = 6 + 14 * noise(place + 13'007);
    out.lean = 0.5 * depth + 0.7 * (draw - 0.5);
    return out;
}

double squares(const std::vector<double>& values) {
    return std::inner_product(values.begin(), values.end(), values.begin(), 0.0);
}

void scale_to(std::vector<double>& values, double norm) {
    const double factor = norm / std::sqrt(squares(values));
    for (double& value : values) value *= factor;
}

std::vector<double> falling(std::int64_t count, double fall, double norm) {
    std::vector<double> out;
    for (std::int64_t m = 0; m < count; ++m)
        out.push_back(std::exp(-static_cast<double>(m) / fall) + 0.004 / (1 + static_cast<double>(m)));
    scale_to(out, norm);
    return out;
}

std::vector<double> pairs(std::int64_t count, double fall, double norm) {
    std::vector<double> out;
    for (std::int64_t m = 0; m < count; ++m) out.push_back(std::exp(-static_cast<double>(m / 2) * 2 / fall));
    scale_to(out, norm);
    return out;
}

std::vector<double> eigenvalues(std::int64_t count, double fall, double norm, double lean) {
    std::vector<double> out;
    for (std::int64_t m = 0; m < count; ++m) {
        const bool positive = m % 2 == 0;
        const double size = std::exp(-static_cast<double>(m) / fall) * (1 + (positive ? lean : -lean));
        out.push_back(positive ? size : -size);
    }
    scale_to(out, norm);
    std::sort(out.begin(), out.end(), std::greater<>());
    return out;
}

std::int64_t components_for(const std::vector<double>& magnitudes, double part) {
    const double whole = squares(magnitudes);
    double sum = 0;
    for (std::size_t m = 0; m < magnitudes.size(); ++m) {
        sum += magnitudes[m] * magnitudes[m];
        if (sum >= part * whole * (1 - 1e-12)) return static_cast<std::int64_t>(m) + 1;
    }
    return std::ssize(magnitudes);
}

std::map<std::string, double> ranks(std::vector<double> values) {
    for (double& value : values) value = std::abs(value);
    std::sort(values.begin(), values.end(), std::greater<>());
    const double sum = std::accumulate(values.begin(), values.end(), 0.0), whole = squares(values);
    double entropy = 0, fourth = 0;
    for (const double value : values) {
        if (value > 0) entropy -= value / sum * std::log(value / sum);
        fourth += value * value * value * value;
    }
    return {{"rank_50", static_cast<double>(components_for(values, 0.5))},
            {"rank_90", static_cast<double>(components_for(values, 0.9))},
            {"rank_99", static_cast<double>(components_for(values, 0.99))},
            {"effective_rank", std::exp(entropy)},
            {"participation_ratio", whole * whole / fourth},
            {"stable_rank", whole / (values.front() * values.front())}};
}

struct Size {
    std::int64_t layers = 0, heads = 0;
};
using ValuesOf = std::function<std::vector<double>(double depth, std::int64_t place)>;

SpectrumPart part(const Size& size, const ValuesOf& values_of) {
    SpectrumPart out;
    out.values.n_layers = size.layers, out.values.n_heads = size.heads;
    for (std::int64_t layer = 0; layer < size.layers; ++layer)
        for (std::int64_t head = 0; head < size.heads; ++head) {
            const double depth =
                static_cast<double>(layer) / static_cast<double>(std::max<std::int64_t>(size.layers - 1, 1));
            const std::vector<double> values = values_of(depth, layer * 97 + head);
            out.values.n_values = std::ssize(values);
            for (const double value : values) out.values.values.push_back(static_cast<float>(value));
            for (const auto& [id, rank] : ranks(values)) {
                HeadGrid& grid = out.ranks[id];
                grid.n_layers = size.layers, grid.n_heads = size.heads;
                grid.values.push_back(static_cast<float>(rank));
            }
        }
    return out;
}

HeadGrid figure(const Size& size, const std::function<double(double depth, std::int64_t place)>& value_of) {
    HeadGrid out{size.layers, size.heads, {}};
    for (std::int64_t layer = 0; layer < size.layers; ++layer)
        for (std::int64_t head = 0; head < size.heads; ++head)
            out.values.push_back(static_cast<float>(
                value_of(static_cast<double>(layer) / static_cast<double>(std::max<std::int64_t>(size.layers - 1, 1)),
                         layer * 97 + head)));
    return out;
}

// `shift` tells forms and checkpoints apart. `fall`: of all heads alike; 0: of each its own.
WeightSpectra kernels(const Size& size, std::int64_t d_head, std::int64_t shift, double gain, double fall = 0) {
    const auto of = [shift, fall](double depth, std::int64_t place) {
        HeadCharacter out = character(depth, place + shift);
        if (fall > 0) out.fall = fall, out.skew = 0.5;
        return out;
    };
    WeightSpectra out;
    out.whole = part(size, [&](double depth, std::int64_t place) {
        const HeadCharacter head = of(depth, place);
        return falling(d_head, head.fall, head.norm * gain);
    });
    out.skew = part(size, [&](double depth, std::int64_t place) {
        const HeadCharacter head = of(depth, place);
        return pairs(2 * d_head, head.fall * 1.6, head.norm * gain * std::sqrt(head.skew));
    });
    out.symmetric = part(size, [&](double depth, std::int64_t place) {
        const HeadCharacter head = of(depth, place);
        return eigenvalues(2 * d_head, head.fall * 1.9, head.norm * gain * std::sqrt(1 - head.skew), head.lean * 0.4);
    });
    out.figures["skew_fraction"] =
        figure(size, [&](double depth, std::int64_t place) { return of(depth, place).skew; });
    out.figures["positivity"] =
        figure(size, [&](double depth, std::int64_t place) { return std::clamp(of(depth, place).lean, -1.0, 1.0); });
    out.figures["directionality"] = figure(
        size, [&](double depth, std::int64_t place) { return 0.6 * (noise(place + shift + 5) - 0.3 - depth / 3); });
    return out;
}

ControlBand band(std::vector<double> mean, double norm) {
    scale_to(mean, norm);
    ControlBand out;
    for (const double value : mean) {
        out.low.push_back(static_cast<float>(value - 0.03 * std::abs(value)));
        out.mean.push_back(static_cast<float>(value));
        out.high.push_back(static_cast<float>(value + 0.03 * std::abs(value)));
    }
    return out;
}

SpectraControls controls(std::int64_t d_head) {
    SpectraControls out;
    std::vector<double> whole, skew, symmetric;
    for (std::int64_t m = 0; m < d_head; ++m)
        whole.push_back(1 - 0.55 * static_cast<double>(m) / static_cast<double>(d_head));
    for (std::int64_t m = 0; m < 2 * d_head; ++m) {
        skew.push_back(1 - 0.6 * static_cast<double>(m / 2) / static_cast<double>(d_head));
        symmetric.push_back((m < d_head ? 1 : -1) *
                            (1 - 0.6 * std::abs(static_cast<double>(m < d_head ? m : 2 * d_head - 1 - m)) /
                                     static_cast<double>(d_head)));
    }
    const double half = std::sqrt(0.5);
    RandomKernels& random = out.kernels;
    random.whole = band(whole, 1), random.skew = band(skew, half), random.symmetric = band(symmetric, half);
    for (const auto& [path, values] : {std::pair{"", whole}, {"skew/", skew}, {"symmetric/", symmetric}})
        for (const auto& [id, rank] : ranks(values)) {
            const auto middle = static_cast<float>(rank);
            random.figures[path + id] = {middle * 0.99F, middle, middle * 1.01F};
        }
    random.figures["skew_fraction"] = {0.492F, 0.5F, 0.507F};
    random.figures["positivity"] = {-0.06F, 0.01F, 0.07F};
    random.figures["directionality"] = {-0.3F, 0.02F, 0.34F};
    return out;
}

ActivationSpectra activations(const Size& size, std::int64_t capacity, std::int64_t windows) {
    ActivationSpectra out;
    out.windows = windows, out.capacity = capacity;
    out.routing_fraction = figure(size, [](double depth, std::int64_t place) {
        return 0.06 + 0.2 * character(depth, place).skew + 0.03 * depth;
    });
    const auto fall = [](double depth, std::int64_t place) { return character(depth, place).fall; };
    out.skew = part(size, [&](double depth, std::int64_t place) {
        return pairs(capacity, 0.18 * fall(depth, place) + 1, 420 + 200 * noise(place));
    });
    out.symmetric = part(size, [&](double depth, std::int64_t place) {
        return eigenvalues(capacity, 0.3 * fall(depth, place) + 1, 900 + 300 * noise(place), 0.3);
    });
    out.centred = part(size, [&](double depth, std::int64_t place) {
        return falling(capacity, 0.4 * fall(depth, place) + 1, 700 + 200 * noise(place));
    });
    return out;
}

std::shared_ptr<const ModelSpectra> checkpoint(const std::string& name, const std::string& family, const Size& size,
                                               std::int64_t shift, const SpectraRequest& request) {
    auto model = std::make_shared<ModelSummary>();
    model->name = name;
    model->architecture = model->config.family = family;
    model->config.n_layers = size.layers, model->config.n_heads = model->config.n_kv_heads = size.heads;
    model->config.d_head = 64, model->config.d_model = 64 * size.heads;
    model->config.rope_dims = family == "gpt_neox" ? 16 : 0;
    model->config.learned_positions = family != "gpt_neox";
    auto spectra = std::make_shared<Spectra>();
    spectra->id = static_cast<std::uint64_t>(shift) + 1;
    spectra->request = request;
    spectra->raw = kernels(size, 64, shift, 1);
    spectra->folded = kernels(size, 64, shift + 3, 0.7);
    auto out = std::make_shared<ModelSpectra>();
    out->name = name;
    out->model = std::move(model);
    out->spectra = std::move(spectra);
    return out;
}

constexpr std::array kWords = {" the",  " of",  " Marx",     " liberty", " state", ".",           ",",       "\n",
                               " 1917", " who", " believed", "ism",      " class", " philosophy", " mutual", " aid"};

ComponentSide side(std::int64_t place) {
    ComponentSide out;
    for (std::int64_t rank = 0; rank < 12; ++rank) {
        const auto word = static_cast<std::size_t>(place * 5 + rank * 3) % kWords.size();
        out.push_back({static_cast<std::int32_t>(word), kWords[word],
                       static_cast<float>(1.8 * std::pow(0.9, static_cast<double>(rank)))});
    }
    return out;
}

HeadComponent component(std::int64_t index, bool routing, std::int64_t tokens) {
    HeadComponent out;
    out.routing = routing;
    const double size = 3.2 * std::pow(0.72, static_cast<double>(index));
    out.value = static_cast<float>(!routing && index % 3 == 1 ? -size : size);
    out.share = static_cast<float>(0.31 * std::pow(0.6, static_cast<double>(index)));
    for (std::int64_t at = 0; at < (routing ? 4 : 2); ++at) out.sides.push_back(side(index * 4 + at));
    for (std::int64_t token = 0; token < tokens; ++token) {
        const double radius = 0.3 + 1.5 * std::pow(noise(token + 31 * index), 2),
                     angle = 6.2832 * noise(token * 3 + index);
        out.tokens.push_back({static_cast<float>(radius * std::cos(angle)),
                              routing ? static_cast<float>(radius * std::sin(angle)) : 0.0F});
    }
    return out;
}

}  // namespace

SpectraRequest all_spectra() {
    return {.raw = true, .folded = true, .controls = true, .activations = true, .cosines = true};
}

std::shared_ptr<const ModelSpectra> spectra(const Shape& shape, const SpectraRequest& request) {
    auto out = std::make_shared<Spectra>();
    out->id = static_cast<std::uint64_t>(request.delta) + 1;
    out->request = request;
    const Size size{shape.layers, shape.heads};
    if (request.raw) out->raw = kernels(size, 64, request.delta, 1);
    if (request.folded) out->folded = kernels(size, 64, 3 + request.delta, 0.7);
    if (request.controls && request.weights()) {
        out->controls = controls(64);
        out->controls->raw_projections = kernels(size, 64, request.delta, 1, 110);
        out->controls->folded_projections = kernels(size, 64, 3 + request.delta, 0.7, 100);
    }
    if (request.activations)
        out->activations = activations(size, std::min<std::int64_t>(128, shape.tokens), shape.windows);
    if (request.cosines) {
        PairCosines cosines;
        cosines.windows = shape.windows;
        cosines.attended =
            figure(size, [](double depth, std::int64_t place) { return 0.3 + 0.3 * depth + 0.2 * noise(place); });
        cosines.other =
            figure(size, [](double depth, std::int64_t place) { return 0.1 + 0.3 * depth + 0.1 * noise(place + 1); });
        out->cosines = std::move(cosines);
    }
    auto whole = std::make_shared<ModelSpectra>();
    whole->model = model(shape);
    whole->name = whole->model->name;
    whole->spectra = std::move(out);
    return whole;
}

std::shared_ptr<const SpectraSurvey> survey(std::size_t done) {
    struct Checkpoint {
        const char *name, *family;
        Size size;
    };
    constexpr std::array<Checkpoint, 5> all = {{{"gpt2", "gpt2", {12, 12}},
                                                {"gpt2-medium", "gpt2", {24, 16}},
                                                {"gpt2-large", "gpt2", {36, 20}},
                                                {"bert-base-uncased", "bert", {12, 12}},
                                                {"pythia-410m", "gpt_neox", {24, 16}}}};
    auto out = std::make_shared<SpectraSurvey>();
    out->id = done + 1;
    out->request = {.raw = true, .folded = true};
    for (std::size_t at = 0; at < std::min(done, all.size()); ++at)
        out->models.push_back(checkpoint(all[at].name, all[at].family, all[at].size,
                                         static_cast<std::int64_t>(1'000 * (at + 1)), out->request));
    out->command = "gatescope spectra gpt2 gpt2-medium gpt2-large bert-base-uncased pythia-410m --out survey.h5";
    out->created = "2026-01-01T12:00:00Z";
    out->complete = done >= all.size();
    return out;
}

std::shared_ptr<const HeadComponents> components(std::int64_t layer, std::int64_t head, const Shape& shape) {
    auto out = std::make_shared<HeadComponents>();
    out->id = static_cast<std::uint64_t>(layer * 1'000 + head) + 1;
    out->request.layer = layer, out->request.head = head;
    out->ids = text(shape)->windows.front();
    out->skew_fraction = 0.41F;
    for (std::int64_t index = 0; index < out->request.count; ++index) {
        out->planes.push_back(component(index, true, std::ssize(out->ids)));
        out->axes.push_back(component(index, false, std::ssize(out->ids)));
    }
    return out;
}

Snapshot spectra_session(const Shape& shape) {
    Snapshot out = snapshot(shape);
    out.jobs.clear();
    out.spectra = spectra(shape);
    auto run = std::make_shared<RunResult>(*out.run);
    run->spectra = out.spectra->spectra;
    out.run = std::move(run);
    out.components =
        components(std::min<std::int64_t>(11, shape.layers - 1), std::min<std::int64_t>(4, shape.heads - 1), shape);
    out.survey = survey();
    return out;
}

}  // namespace gatescope::fake
