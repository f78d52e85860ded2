#pragma once
// Captures of one run that was shared out by layers or heads, as one; or of the same heads with other parts.

#include <memory>

#include "analysis/results.h"
#include "captures/merge/combine.h"

namespace gatescope {

HeadSet analysed_heads(const ModelSummary& model, const IndexSet& layers, const IndexSet& heads);
// The set again; all() where nothing of `count` is left out.
IndexSet index_set(const std::vector<std::int64_t>& members, std::int64_t count);

// Throws Failure(kUsage) naming file and place where the two are not of one run.
std::shared_ptr<const RunResult> merge_runs(const RunResult& a, const RunResult& b, const MergeNames& names);

}  // namespace gatescope
