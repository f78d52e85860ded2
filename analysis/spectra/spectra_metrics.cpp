#include "analysis/spectra/spectra_metrics.h"

#include <string_view>

namespace gatescope {
namespace {

struct Part {
    const char* id;     // group in a capture; empty: the kernel itself
    const char* label;  // of a rank's metric, after it
    const char* what;   // whose magnitudes
};
constexpr Part kWhole{"", "", "the kernel's singular values"};
constexpr Part kSkew{"skew/", " of routing", "the singular values of the skew-symmetric part, which come in pairs"};
constexpr Part kSymmetric{"symmetric/", " of filtering", "the eigenvalues of the symmetric part"};
constexpr Part kCentred{"centred/", " of centred scores",
                        "the singular values of the scores with each query's mean over all keys taken out"};

void add_ranks(std::vector<MetricInfo>& out, const std::string& group, const std::string& path, const Part& part) {
    for (const RankInfo& rank : rank_infos())
        out.push_back({.id = path + part.id + rank.id,
                       .label = rank.label + part.label,
                       .help = rank.help + ", of " + part.what + ".",
                       .unit = "",
                       .group = group,
                       .of_spectra = true});
}

void add_fraction(std::vector<MetricInfo>& out, const std::string& group, std::string id, std::string label,
                  std::string help) {
    out.push_back({.id = std::move(id),
                   .label = std::move(label),
                   .help = std::move(help),
                   .unit = "share",
                   .group = group,
                   .share = true,
                   .of_spectra = true});
}

void add_number(std::vector<MetricInfo>& out, const std::string& group, std::string id, std::string label,
                std::string help) {
    out.push_back({.id = std::move(id),
                   .label = std::move(label),
                   .help = std::move(help),
                   .unit = "",
                   .group = group,
                   .of_spectra = true});
}

void add_weights(std::vector<MetricInfo>& out, const std::string& group, const std::string& path) {
    add_fraction(out, group, path + "skew_fraction", "Skew fraction",
                 "Share of the kernel's squared norm in its skew-symmetric part (routing); the rest is symmetric "
                 "(filtering).");
    add_ranks(out, group, path, kSkew);
    add_ranks(out, group, path, kSymmetric);
    add_ranks(out, group, path, kWhole);
    add_number(out, group, path + "positivity", "Positivity",
               "Sum of the kernel's eigenvalues over the sum of their magnitudes: 1 where like attends to like, -1 "
               "where opposites do.");
    add_number(out, group, path + "directionality", "Directionality",
               "Whether columns (1) or rows (-1) of the kernel stand out by their norms (Saponati et al. 2025).");
}

void add_activations(std::vector<MetricInfo>& out) {
    const std::string group = "Activations", path = "activations/";
    add_fraction(out, group, path + "routing_fraction", "Routing fraction",
                 "Share of the squared norm of all scores of a window in their skew-symmetric part, averaged over "
                 "windows.");
    for (const Part& part : {kSkew, kSymmetric, kCentred}) add_ranks(out, group, path, part);
    add_number(out, group, "cosines/attended", "Cosine of attended pairs",
               "Cosine similarity of query and key token at the layer's input, weighted by attention.");
    add_number(out, group, "cosines/other", "Cosine of other pairs",
               "Cosine similarity of query and key token at the layer's input, weighted by what attention leaves.");
}

const HeadGrid* find(const std::map<std::string, HeadGrid>& grids, std::string_view id) {
    const auto found = grids.find(std::string(id));
    return found == grids.end() ? nullptr : &found->second;
}

bool takes(std::string_view& path, std::string_view prefix) {
    if (!path.starts_with(prefix)) return false;
    path.remove_prefix(prefix.size());
    return true;
}

const HeadGrid* weights_grid(const WeightSpectra& weights, std::string_view path) {
    if (takes(path, "skew/")) return find(weights.skew.ranks, path);
    if (takes(path, "symmetric/")) return find(weights.symmetric.ranks, path);
    const HeadGrid* const rank = find(weights.whole.ranks, path);
    return rank != nullptr ? rank : find(weights.figures, path);
}

const HeadGrid* activations_grid(const ActivationSpectra& activations, std::string_view path) {
    if (path == "routing_fraction") return &activations.routing_fraction;
    if (takes(path, "skew/")) return find(activations.skew.ranks, path);
    if (takes(path, "symmetric/")) return find(activations.symmetric.ranks, path);
    return takes(path, "centred/") ? find(activations.centred.ranks, path) : nullptr;
}

}  // namespace

const std::vector<RankInfo>& rank_infos() {
    static const std::vector<RankInfo> list = {
        {"effective_rank", "Effective rank",
         "Exponential of the entropy of the magnitudes as shares of their sum (Roy and Vetterli 2007)"},
        {"rank_50", "Components for 50 %", "The least number of components that hold 50 % of the squared norm"},
        {"rank_90", "Components for 90 %", "The least number of components that hold 90 % of the squared norm"},
        {"rank_99", "Components for 99 %", "The least number of components that hold 99 % of the squared norm"},
        {"participation_ratio", "Participation ratio",
         "The squared sum of squares over the sum of fourth powers: how many equal components would give it"},
        {"stable_rank", "Stable rank", "The sum of squares over the largest square"},
    };
    return list;
}

const std::vector<MetricInfo>& spectra_metric_infos() {
    static const std::vector<MetricInfo> list = [] {
        std::vector<MetricInfo> out;
        add_weights(out, "Weights, raw", "weights/raw/");
        add_weights(out, "Weights, folded", "weights/folded/");
        add_activations(out);
        return out;
    }();
    return list;
}

const HeadGrid* spectra_grid(const Spectra& spectra, const std::string& id) {
    std::string_view path = id;
    if (takes(path, "weights/raw/")) return spectra.raw ? weights_grid(*spectra.raw, path) : nullptr;
    if (takes(path, "weights/folded/")) return spectra.folded ? weights_grid(*spectra.folded, path) : nullptr;
    if (takes(path, "activations/"))
        return spectra.activations ? activations_grid(*spectra.activations, path) : nullptr;
    if (!takes(path, "cosines/") || !spectra.cosines) return nullptr;
    return path == "attended" ? &spectra.cosines->attended : path == "other" ? &spectra.cosines->other : nullptr;
}

SpectraRequest with_metric(SpectraRequest now, const std::string& id) {
    now.raw |= id.starts_with("weights/raw/");
    now.folded |= id.starts_with("weights/folded/");
    now.activations |= id.starts_with("activations/");
    now.cosines |= id.starts_with("cosines/");
    return now;
}

}  // namespace gatescope
