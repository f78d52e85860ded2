#include "app/window/derived.h"

#include <algorithm>
#include <cmath>

#include "analysis/perplexity.h"
#include "analysis/spectra/spectra_metrics.h"

namespace gatescope {

namespace {

std::int64_t place_in(const std::vector<std::int64_t>& numbers, std::int64_t number) {
    const auto found = std::find(numbers.begin(), numbers.end(), number);
    return found == numbers.end() ? -1 : found - numbers.begin();
}

void derive_grid(const RunResult& run, const ShownGates& gates, const ViewState& view, Derived& out) {
    if (out.metric->of_gate) {
        const bool wish = gates.of(view.metric_slot).has_value();
        out.metric_slot = wish ? view.metric_slot : 1 - view.metric_slot;
        const auto gate = gates.of(out.metric_slot);
        if (!gate) out.metric_slot = -1;
        if (gate && *gate < run.gates.size()) out.grid = metric_grid(run, *out.metric, view.k, *gate);
    } else {
        out.grid = metric_grid(run, *out.metric, view.k);
    }
}

// Rows and columns are those of the run, where there is one.
void derive_spectra_grid(Derived& out) {
    if (out.spectra == nullptr) return;
    const HeadGrid* grid = spectra_grid(*out.spectra->spectra, out.metric->id);
    if (grid == nullptr || grid->n_layers != std::ssize(out.layers) || grid->n_heads != std::ssize(out.heads)) return;
    out.grid = {out.spectra, grid};
}

// Signed by what it says, whatever the values of this model.
bool is_signed(const MetricInfo& metric) {
    return metric.id.ends_with("positivity") || metric.id.ends_with("directionality") ||
           metric.id.starts_with("cosines/");
}

std::shared_ptr<const ModelSpectra> spectra_of(const RunResult& run) {
    if (run.spectra == nullptr) return nullptr;
    auto out = std::make_shared<ModelSpectra>();
    out->name = run.model->name;
    out->model = run.model;
    out->layers = run.request.layers, out->heads = run.request.heads;
    out->spectra = run.spectra;
    return out;
}

void summarise_grid(Derived& out) {
    if (out.grid == nullptr || out.grid->values.empty()) {
        out.grid = nullptr;
        return;
    }
    double sum = 0;
    for (std::int64_t row = 0; row < out.grid->n_layers; ++row) {
        double layer_sum = 0;
        std::int64_t layer_count = 0;
        for (std::int64_t column = 0; column < out.grid->n_heads; ++column) {
            const float value = out.grid->at(row, column);
            if (std::isnan(value)) continue;
            out.ranked.push_back(
                {value, {out.layers[static_cast<std::size_t>(row)], out.heads[static_cast<std::size_t>(column)]}});
            layer_sum += static_cast<double>(value);
            ++layer_count;
        }
        sum += layer_sum;
        out.layer_means.push_back(layer_count == 0 ? kNaN
                                                   : static_cast<float>(layer_sum / static_cast<double>(layer_count)));
    }
    if (out.ranked.empty()) {
        out.grid = nullptr;
        return;
    }
    std::stable_sort(out.ranked.begin(), out.ranked.end(),
                     [](const auto& a, const auto& b) { return a.first > b.first; });
    out.most = out.ranked.front().first;
    out.least = out.ranked.back().first;
    out.mean = static_cast<float>(sum / static_cast<double>(out.ranked.size()));
    out.diverging = (out.least < 0 && out.most > 0) || is_signed(*out.metric);
}

// The same as estimate_perplexity() of the first n windows for every n, in one pass.
RunningPerplexity running(const std::vector<std::vector<float>>& token_nll, std::string label, int slot) {
    RunningPerplexity out;
    out.label = std::move(label);
    out.slot = slot;
    double sum = 0, tokens = 0, mean = 0, squares = 0, windows = 0;
    for (const std::vector<float>& row : token_nll) {
        double window_sum = 0, window_tokens = 0;
        for (const float nll : row) {
            if (std::isnan(nll)) continue;
            window_sum += static_cast<double>(nll);
            ++window_tokens;
        }
        if (window_tokens == 0) continue;
        sum += window_sum, tokens += window_tokens, ++windows;
        const double from_mean = window_sum / window_tokens - mean;
        mean += from_mean / windows;
        squares += from_mean * (window_sum / window_tokens - mean);
        const double error = windows < 2 ? 0 : std::sqrt(squares / (windows - 1) / windows);
        const double reach = windows < 2 ? 0 : error * student_t_95(static_cast<std::int64_t>(windows) - 1);
        const double nll = sum / tokens;
        out.windows.push_back(windows);
        out.perplexity.push_back(std::exp(nll));
        out.low.push_back(std::exp(nll - reach));
        out.high.push_back(std::exp(nll + reach));
    }
    return out;
}

void derive_changes(const RunResult& run, const ShownGates& gates, const ViewState& view, Derived& out) {
    const auto losses = [&](int slot) -> const PerplexityResult* {
        const auto gate = gates.of(slot);
        return !gate || *gate >= run.gates.size() ? nullptr : &run.gates[*gate].perplexity;
    };
    const PerplexityResult *a = losses(0), *b = losses(1);
    if (a != nullptr && b != nullptr) out.b_from_a = paired_difference(b->token_nll, a->token_nll);
    if (a == nullptr && b == nullptr) return;
    out.costly_slot = b != nullptr ? 1 : 0;
    out.costly = loss_changes(b != nullptr ? *b : *a, run.dense, view.window, 24).worse;
    if (out.costly.empty()) out.costly_slot = -1;
}

}  // namespace

std::int64_t Derived::row_of(std::int64_t layer) const {
    return place_in(layers, layer);
}
std::int64_t Derived::column_of(std::int64_t head) const {
    return place_in(heads, head);
}

std::int64_t Derived::rank_of(const HeadPlace& place) const {
    const auto found =
        std::find_if(ranked.begin(), ranked.end(), [&](const auto& entry) { return entry.second == place; });
    return found == ranked.end() ? 0 : found - ranked.begin() + 1;
}

const MetricInfo& metric_called(const std::string& id) {
    const auto& infos = metric_infos();
    const auto found = std::find_if(infos.begin(), infos.end(), [&](const MetricInfo& info) { return info.id == id; });
    return found == infos.end() ? infos.front() : *found;
}

std::string metric_label(const MetricInfo& metric, std::int32_t k) {
    std::string label = metric.label;
    for (const char* form : {"raw", "folded"})
        if (metric.of_spectra && metric.id.starts_with(std::string("weights/") + form + "/"))
            return label + ", " + form;
    if (metric.of_spectra && metric.id.starts_with("activations/")) return label + ", activations";
    if (!metric.takes_k) return label;
    const std::string wild = "the top k";
    const auto place = label.find(wild);
    if (place == std::string::npos) return label + ", k = " + std::to_string(k);
    return label.replace(place, wild.size(), "top " + std::to_string(k));
}

Derived derive(const RunResult* run, const ShownGates& gates, const ViewState& view,
               std::shared_ptr<const ModelSpectra> spectra) {
    Derived out;
    out.metric = &metric_called(view.metric);
    out.metric_label = metric_label(*out.metric, view.k);
    if (run != nullptr && run->model == nullptr) run = nullptr;
    out.spectra = spectra != nullptr || run == nullptr ? std::move(spectra) : spectra_of(*run);
    const ModelSummary* model = run != nullptr ? run->model.get() : out.spectra ? out.spectra->model.get() : nullptr;
    if (model == nullptr) return out;
    out.layers = (run != nullptr ? run->request.layers : out.spectra->layers).members(model->config.n_layers);
    out.heads = (run != nullptr ? run->request.heads : out.spectra->heads).members(model->config.n_heads);
    if (out.metric->of_spectra)
        derive_spectra_grid(out);
    else if (run != nullptr)
        derive_grid(*run, gates, view, out);
    summarise_grid(out);
    if (run == nullptr) return out;
    if (!run->dense.token_nll.empty()) out.running.push_back(running(run->dense.token_nll, "dense", -1));
    for (const int slot : {0, 1}) {
        const auto gate = gates.of(slot);
        if (!gate || *gate >= run->gates.size() || run->gates[*gate].perplexity.token_nll.empty()) continue;
        out.running.push_back(running(run->gates[*gate].perplexity.token_nll, slot == 0 ? "A" : "B", slot));
    }
    derive_changes(*run, gates, view, out);
    return out;
}

}  // namespace gatescope
