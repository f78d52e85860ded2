#pragma once
// Captures joined into one: shards of a run, or spectra of many checkpoints. No torch.

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "analysis/spectra/survey_results.h"
#include "model/core/job_context.h"

namespace gatescope {

struct MergeRequest {
    std::vector<std::filesystem::path> captures;  // two at least
    std::filesystem::path out;
    bool overwrite = false;
    std::string command;
};

// What was written: one of the two.
struct Merged {
    std::shared_ptr<const RunResult> run;
    std::shared_ptr<const SpectraSurvey> survey;
};

// Captures of runs of one model on one text become one capture; all others one survey of their spectra. Throws
// Failure (kUsage naming file and attribute of what can't be joined; else as reading and writing), Cancelled; there is
// then no file.
Merged merge_captures(const MergeRequest& request, JobContext& job);

}  // namespace gatescope
