#include "analysis/training/training_report.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "analysis/perplexity.h"

namespace gatescope {
namespace {

constexpr std::int64_t kUsualKeys = 64;  // of mass_at_k, where the gate has no k

bool keeps_sets(const GateSpec& gate, std::int64_t layer, std::int64_t head) {
    const GateTerm* term = gate.term_for(layer, head);
    return term != nullptr && term->id != "dense" && gate_info(term->id).traits.hard;
}

// Of the values that are defined; NaN where there is none.
double mean_of(const std::vector<double>& values) {
    double sum = 0;
    std::int64_t count = 0;
    for (const double value : values)
        if (!std::isnan(value)) {
            sum += value;
            ++count;
        }
    return count == 0 ? std::numeric_limits<double>::quiet_NaN() : sum / static_cast<double>(count);
}

std::string of_layer(std::int64_t layer, const std::string& series) {
    return "layer_" + std::to_string(layer) + "." + series;
}

// The k that mass_at_k is shown at: the gate's, or the next below that the table has.
std::size_t shown_k(const std::vector<std::int32_t>& k, const GateSpec& gate, std::int64_t window_length) {
    std::int64_t wanted = kUsualKeys;
    for (const GateTerm& term : gate.terms)
        if (gate_info(term.id).traits.hard && gate_info(term.id).traits.swept == Swept::kKeys)
            if (const std::int64_t own = budget_of(term, window_length); own < window_length) wanted = own;
    std::size_t out = 0;
    for (std::size_t n = 0; n < k.size(); ++n)
        if (k[n] <= wanted) out = n;
    return out;
}

std::size_t longest_of(const std::vector<std::vector<std::int32_t>>& windows) {
    std::size_t out = 0;
    for (const auto& window : windows) out = std::max(out, window.size());
    return out;
}

}  // namespace

TrainingReport::TrainingReport(const TrainedSubject& subject)
    : subject_(subject),
      analysed_{IndexSet().members(subject.config.n_layers), IndexSet().members(subject.config.n_heads)},
      model_(make_transformer(subject.config, subject.parameters, subject.device, DataType::kFloat32)) {
    const GateSpec& gate = subject.gate.spec();
    if (!subject.gate.dense()) gate_ = subject.gate.run();
    if (subject.plan.concentration)
        concentration_.emplace(analysed_, static_cast<std::int64_t>(longest_of(subject.windows)));
    const bool sets = std::any_of(gate.terms.begin(), gate.terms.end(), [](const GateTerm& term) {
        return term.id != "dense" && gate_info(term.id).traits.hard;
    });
    if (sets) agreement_.emplace(analysed_, gate, subject.plan.window_length, reaches_of(subject.config));
}

std::vector<float> TrainingReport::run(GateRun* gate, Recorder* recorder, JobContext& job) {
    const std::vector<std::int32_t>& ids = subject_.windows[window_];
    ForwardRequest request{.ids = ids,
                           .window = static_cast<std::int64_t>(window_),
                           .nominal_window = subject_.plan.window_length,
                           .gate = gate};
    if (recorder != nullptr) request.observers.push_back(recorder);
    const at::Tensor hidden_TD = model_->forward(request, job);
    std::vector<float> out = model_->token_nll(hidden_TD, ids, job);
    if (recorder != nullptr) recorder->commit();
    return out;
}

bool TrainingReport::step(JobContext& job) {
    if (dense_nll_.size() == window_) {
        dense_nll_.push_back(run(nullptr, concentration_ ? &*concentration_ : nullptr, job));
        if (gate_) return true;
    } else {
        gated_nll_.push_back(run(gate_.get(), agreement_ ? &*agreement_ : nullptr, job));
    }
    return ++window_ < subject_.windows.size();
}

// Over the heads that keep sets.
void TrainingReport::add_agreement(std::map<std::string, double>& figures) const {
    const auto grids = agreement_ ? agreement_->grids() : std::map<std::string, HeadGrid>{};
    for (const std::string id : {"f1", "captured_mass"}) {
        std::vector<double> all;
        for (const std::int64_t layer : analysed_.layers) {
            std::vector<double> own;
            for (const std::int64_t head : analysed_.heads)
                if (agreement_ && keeps_sets(subject_.gate.spec(), layer, head))
                    own.push_back(static_cast<double>(grids.at(id).at(layer, head)));
            if (id == "f1") figures[of_layer(layer, id)] = mean_of(own);
            all.insert(all.end(), own.begin(), own.end());
        }
        figures[id] = mean_of(all);
    }
}

void TrainingReport::add_concentration(std::map<std::string, double>& figures) const {
    const Concentration table = concentration_->table();
    const HeadGrid& mass = table.mass_at_k[shown_k(table.k, subject_.gate.spec(), subject_.plan.window_length)];
    std::vector<double> all;
    for (const std::int64_t layer : analysed_.layers) {
        std::vector<double> masses, entropies;
        for (const std::int64_t head : analysed_.heads) {
            masses.push_back(static_cast<double>(mass.at(layer, head)));
            entropies.push_back(static_cast<double>(table.figures.at("entropy").at(layer, head)));
        }
        figures[of_layer(layer, "mass_at_k")] = mean_of(masses);
        figures[of_layer(layer, "entropy")] = mean_of(entropies);
        all.insert(all.end(), masses.begin(), masses.end());
    }
    figures["mass_at_k"] = mean_of(all);
}

std::map<std::string, double> TrainingReport::figures() const {
    std::map<std::string, double> out;
    out["perplexity_dense"] = estimate_perplexity(dense_nll_).perplexity;
    out["perplexity"] = gate_ ? estimate_perplexity(gated_nll_).perplexity : out["perplexity_dense"];
    if (gate_) add_agreement(out);
    if (concentration_) add_concentration(out);
    return out;
}

}  // namespace gatescope
