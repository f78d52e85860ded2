#include "captures/merge/merge_runs.h"

#include <algorithm>
#include <cmath>

#include "captures/merge/merge_spectra.h"

namespace gatescope {
namespace {

constexpr double kSameLoss = 1e-5;  // nats: other processors round otherwise

bool same_loss(const PerplexityResult& a, const PerplexityResult& b) {
    const double x = a.estimate.nll, y = b.estimate.nll;
    return (std::isnan(x) && std::isnan(y)) || std::abs(x - y) <= kSameLoss;
}

// As many slots a query in both.
std::vector<std::int32_t> with_slots(const KeySets& sets, std::int64_t slots) {
    std::vector<std::int32_t> out;
    for (auto row = sets.keys.begin(); row != sets.keys.end(); row += sets.slots) {
        out.insert(out.end(), row, row + sets.slots);
        out.insert(out.end(), static_cast<std::size_t>(slots - sets.slots), -1);
    }
    return out;
}

class RunMerge {
  public:
    RunMerge(const RunResult& a, const RunResult& b, const MergeNames& names)
        : a_(a), b_(b), combine_(names, heads_of(a), heads_of(b)), out_(a) {}

    std::shared_ptr<const RunResult> merge() {
        check();
        const ModelConfig& config = a_.model->config;
        out_.request.layers = index_set(combine_.whole().layers, config.n_layers);
        out_.request.heads = index_set(combine_.whole().heads, config.n_heads);
        out_.concentration = combine_.part(a_.concentration, b_.concentration, "/concentration",
                                           [this](const auto& a, const auto& b) { return concentration(a, b); });
        gates();
        patterns();
        sensitivity();
        out_.curves.insert(out_.curves.end(), b_.curves.begin(), b_.curves.end());
        out_.spectra = merge_spectra(a_.spectra, b_.spectra, combine_);
        out_.complete = a_.complete && b_.complete;
        request();
        return std::make_shared<const RunResult>(std::move(out_));
    }

  private:
    static HeadSet heads_of(const RunResult& run) {
        return analysed_heads(*run.model, run.request.layers, run.request.heads);
    }

    void check() const {
        combine_.require(a_.model->name == b_.model->name, "/model@name");
        combine_.require(a_.model->sha256 == b_.model->sha256, "/model@sha256");
        combine_.require(a_.text->sha256 == b_.text->sha256, "/text@sha256");
        combine_.require(a_.text->windows == b_.text->windows, "/text/ids");
        combine_.require(a_.request.window_length == b_.request.window_length, "/@window_length");
        combine_.require(a_.device == b_.device, "/@device");
        combine_.require(a_.dtype == b_.dtype, "/@dtype");
        combine_.require(a_.request.seed == b_.request.seed, "/@seed");
        combine_.require(a_.windows_done == b_.windows_done, "/@windows_done");
        combine_.require(same_loss(a_.dense, b_.dense), "/perplexity@nll");
    }

    std::vector<HeadGrid> by_k(const std::vector<HeadGrid>& a, const std::vector<HeadGrid>& b,
                               const std::string& path) const {
        combine_.require(a.size() == b.size(), path);
        std::vector<HeadGrid> out;
        for (std::size_t n = 0; n < a.size(); ++n) out.push_back(combine_(a[n], b[n], path));
        return out;
    }

    Concentration concentration(const Concentration& a, const Concentration& b) const {
        combine_.require(a.k == b.k, "/concentration/k");
        combine_.require(a.induction_ids == b.induction_ids, "/concentration/induction_ids");
        return {a.k, by_k(a.mass_at_k, b.mass_at_k, "/concentration/mass_at_k"),
                by_k(a.mass_at_k_full, b.mass_at_k_full, "/concentration/mass_at_k_full"),
                combine_(a.figures, b.figures, "/concentration"), a.induction_ids};
    }

    static const GateResult* find(const RunResult& run, const std::string& syntax) {
        const auto found = std::ranges::find_if(
            run.gates, [&syntax](const GateResult& gate) { return print_gate(gate.gate) == syntax; });
        return found == run.gates.end() ? nullptr : &*found;
    }

    void gates() {
        for (GateResult& gate : out_.gates) {
            const std::string syntax = print_gate(gate.gate), path = "/gates/" + syntax;
            const GateResult* other = find(b_, syntax);
            combine_.require_missing_allowed(other != nullptr, true, path);
            if (other != nullptr) merge_gate(gate, *other, path);
        }
        for (const GateResult& gate : b_.gates) {
            const std::string syntax = print_gate(gate.gate);
            if (find(a_, syntax) != nullptr) continue;
            combine_.require_missing_allowed(false, false, "/gates/" + syntax);
            out_.gates.push_back(gate);
        }
    }

    void merge_gate(GateResult& gate, const GateResult& other, const std::string& path) const {
        combine_.require(gate.windows_done == other.windows_done, path + "@windows");
        combine_.require(same_loss(gate.perplexity, other.perplexity), path + "@nll");
        gate.agreement = combine_(gate.agreement, other.agreement, path);
        combine_.require_missing_allowed((gate.masks != nullptr) == (other.masks != nullptr), gate.masks != nullptr,
                                         path + "/keys");
        if (gate.masks && other.masks)
            gate.masks = keys(*gate.masks, *other.masks, path + "/keys");
        else if (other.masks)
            gate.masks = other.masks;
    }

    std::shared_ptr<const KeySets> keys(const KeySets& a, const KeySets& b, const std::string& path) const {
        combine_.require(a.windows == b.windows && a.queries == b.queries, path);
        const std::int64_t slots = std::max(a.slots, b.slots);
        return std::make_shared<const KeySets>(KeySets{
            a.windows, std::ssize(combine_.whole().layers), std::ssize(combine_.whole().heads), a.queries, slots,
            combine_.array(with_slots(a, slots), with_slots(b, slots), a.windows, a.queries * slots, path)});
    }

    void patterns() {
        const auto& others = b_.patterns;
        combine_.require_missing_allowed(a_.patterns.size() == others.size(), a_.patterns.size() > others.size(),
                                         "/patterns");
        for (const auto& other : others) {
            const auto mine = std::ranges::find_if(
                out_.patterns, [&other](const auto& patterns) { return patterns->window == other->window; });
            if (mine == out_.patterns.end()) {
                combine_.require_missing_allowed(false, false, "/patterns/window_" + std::to_string(other->window));
                out_.patterns.push_back(other);
            } else {
                *mine = window_patterns(**mine, *other);
            }
        }
    }

    std::shared_ptr<const WindowPatterns> window_patterns(const WindowPatterns& a, const WindowPatterns& b) const {
        return std::make_shared<const WindowPatterns>(
            WindowPatterns{a.window, std::ssize(combine_.whole().layers), std::ssize(combine_.whole().heads), a.queries,
                           combine_.array(a.probabilities, b.probabilities, 1, a.queries * a.queries,
                                          "/patterns/window_" + std::to_string(a.window))});
    }

    // Of all layers and heads, whatever was analysed: it is in one of the two.
    void sensitivity() {
        combine_.require(!a_.sensitivity || !b_.sensitivity, "/sensitivity");
        if (!out_.sensitivity) out_.sensitivity = b_.sensitivity;
    }

    void request() {
        RunRequest& request = out_.request;
        const RunRequest& other = b_.request;
        request.gates.clear();
        for (const GateResult& gate : out_.gates) request.gates.push_back(gate.gate);
        request.concentration |= other.concentration;
        request.agreement |= other.agreement;
        request.patterns |= other.patterns;
        request.masks |= other.masks;
        request.mask_windows = std::max(request.mask_windows, other.mask_windows);
        request.induction |= other.induction;
        if (out_.spectra) request.spectra = out_.spectra->request;
    }

    const RunResult& a_;
    const RunResult& b_;
    Combine combine_;
    RunResult out_;
};

}  // namespace

HeadSet analysed_heads(const ModelSummary& model, const IndexSet& layers, const IndexSet& heads) {
    return {layers.members(model.config.n_layers), heads.members(model.config.n_heads)};
}

IndexSet index_set(const std::vector<std::int64_t>& members, std::int64_t count) {
    return std::ssize(members) == count ? IndexSet() : IndexSet(members);
}

std::shared_ptr<const RunResult> merge_runs(const RunResult& a, const RunResult& b, const MergeNames& names) {
    return RunMerge(a, b, names).merge();
}

}  // namespace gatescope
