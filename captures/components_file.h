#pragma once
// What components of heads do, as a file of their own (SCHEMA.md, /components). No torch.

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "analysis/spectra/survey_results.h"
#include "model/core/job_context.h"

namespace gatescope {

struct ComponentsFile {
    std::shared_ptr<const ModelSummary> model;
    std::vector<std::shared_ptr<const HeadComponents>> heads;  // each (layer, head) once
    std::string text_name, text_sha256;                        // empty without a text
    std::map<std::int32_t, std::string> pieces;                // bytes of the windows' ids
    std::string command, created;
};

// Writes NAME.partial, syncs, renames. Throws Failure(kOutput, kUsage), kInternal for a file without a head.
void write_components(const ComponentsFile& components, const std::filesystem::path& path, bool overwrite,
                      JobContext& job);

// Throws Failure(kBadFile, kNotFound) naming the file and the dataset or attribute.
std::shared_ptr<const ComponentsFile> read_components(const std::filesystem::path& path);

}  // namespace gatescope
