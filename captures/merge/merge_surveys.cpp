#include "captures/merge/merge_surveys.h"

#include <set>

#include "captures/group_name.h"
#include "captures/merge/merge_runs.h"
#include "captures/merge/merge_spectra.h"

namespace gatescope {
namespace {

HeadSet heads_of(const SurveyPart& part) {
    return analysed_heads(*part.model->model, part.model->layers, part.model->heads);
}

SurveyPart both_of(const SurveyPart& a, const SurveyPart& b) {
    const Combine combine({a.file, b.file}, heads_of(a), heads_of(b));
    auto out = std::make_shared<ModelSpectra>(*a.model);
    const ModelConfig& config = a.model->model->config;
    out->layers = index_set(combine.whole().layers, config.n_layers);
    out->heads = index_set(combine.whole().heads, config.n_heads);
    out->spectra = merge_spectra(a.model->spectra, b.model->spectra, combine);
    return {a.file, out};
}

bool fit(const SurveyPart& a, const SurveyPart& b) {
    const HeadSet of_a = heads_of(a), of_b = heads_of(b);
    return of_a == of_b || HeadJoin::possible(of_a, of_b);
}

// Pairs that make a whole come first, in whatever order the files were named: layers 0-3, all layers, 4-7.
std::shared_ptr<const ModelSpectra> one_of(std::vector<SurveyPart> parts) {
    while (parts.size() > 1) {
        std::size_t first = 0, second = 1;
        for (std::size_t b = 1; b < parts.size() && !fit(parts[first], parts[second]); ++b)
            for (std::size_t a = 0; a < b && !fit(parts[first], parts[second]); ++a) {
                first = a;
                second = b;
            }
        if (!fit(parts[first], parts[second])) {  // the first two say what is wrong
            first = 0;
            second = 1;
        }
        parts[first] = both_of(parts[first], parts[second]);
        parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(second));
    }
    return parts[0].model;
}

}  // namespace

bool same_model(const ModelSummary& a, const ModelSummary& b) {
    if (a.name != b.name || a.sha256 != b.sha256) return false;
    return !a.sha256.empty() || a.config_json == b.config_json;  // not hashed
}

std::vector<std::shared_ptr<const ModelSpectra>> merge_models(std::vector<SurveyPart> parts) {
    std::vector<std::shared_ptr<const ModelSpectra>> out;
    std::set<std::string> taken;
    while (!parts.empty()) {
        std::vector<SurveyPart> same, others;
        for (const SurveyPart& part : parts)
            (same_model(*part.model->model, *parts[0].model->model) ? same : others).push_back(part);
        auto model = std::make_shared<ModelSpectra>(*one_of(same));
        model->name = group_name(model->name, taken);
        out.push_back(model);
        parts = std::move(others);
    }
    return out;
}

}  // namespace gatescope
