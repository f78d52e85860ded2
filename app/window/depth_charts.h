#pragma once
// Spectra by layer as charts. No Dear ImGui state.

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "analysis/spectra/survey_results.h"
#include "app/window/chart.h"
#include "app/window/spectra_view.h"
#include "app/window/theme.h"

namespace gatescope {

// Over the heads of a layer that have a value; NaN where none has.
struct LayerSpread {
    double mean = 0, low = 0, high = 0;
};
LayerSpread layer_spread(const HeadGrid& grid, std::int64_t row);

// Over all heads that have a value; NaN where none has.
double mean_of_heads(const HeadGrid& grid);

struct DepthWish {
    KernelForm form = KernelForm::kFolded;
    std::string rank = "effective_rank";
    std::int64_t row = -1, column = -1;  // of the selected head; -1: not among those analysed
    bool random = true;                  // random projections beside a single model
};

// Shares of routing and filtering by layer: the mean, a band from the least to the largest head, and the selected
// head's line.
Chart fraction_chart(const ModelSpectra& model, const DepthWish& wish, const Theme& theme);

// A rank of the routing (0) and the filtering part (1) of each model by depth: by layer where there is one model, else
// by share of the depth. Both have the same axis of ranks.
struct CheckpointLine {
    std::shared_ptr<const ModelSpectra> model;
    ImVec4 colour;
};
std::array<Chart, 2> rank_charts(const std::vector<CheckpointLine>& models, const DepthWish& wish, const Theme& theme);

// A rank of routing (0) and filtering (1) that activations have, against their capacity and the weight kernel's rank.
std::array<Chart, 2> capacity_charts(const ModelSpectra& model, const DepthWish& wish, const Theme& theme);
// "Routing runs at 9.6 of 128: 7 % of its capacity; its weight kernels have 55.1."
std::string capacity_words(const ModelSpectra& model, const DepthWish& wish);

// "Effective rank"
std::string rank_label(const std::string& rank);

}  // namespace gatescope
