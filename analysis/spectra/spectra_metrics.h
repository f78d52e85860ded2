#pragma once
// The per-head figures of spectra: ids are their paths in a capture's /spectra ("weights/raw/skew/effective_rank",
// "activations/routing_fraction", "cosines/attended"). No torch.

#include <memory>
#include <string>
#include <vector>

#include "analysis/metrics/metrics.h"
#include "analysis/spectra/spectra_results.h"

namespace gatescope {

// How the spread of a list of values is told. On magnitudes; DEFINITIONS.md section 6.
struct RankInfo {
    std::string id;     // "effective_rank"
    std::string label;  // "Effective rank"
    std::string help;
};
const std::vector<RankInfo>& rank_infos();

// In the order of the metric registry, which they are part of.
const std::vector<MetricInfo>& spectra_metric_infos();

// The grid of such an id; nullptr where it was not worked out. It lives in `spectra`.
const HeadGrid* spectra_grid(const Spectra& spectra, const std::string& id);

// What would have to be asked for so that the id has a grid, everything else as in `now`.
SpectraRequest with_metric(SpectraRequest now, const std::string& id);

}  // namespace gatescope
