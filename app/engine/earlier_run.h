#pragma once
// A capture that a sweep or a sensitivity map goes on with.

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "analysis/results.h"
#include "app/engine/models.h"

namespace gatescope {

// What has to agree for numbers to stand in one capture. Empty: not known yet, and not compared.
struct RunPlace {
    std::shared_ptr<const ModelSummary> model;
    std::shared_ptr<const TextWindows> text;
    std::int64_t window_length = 0;
    IndexSet layers, heads;
    std::string device, dtype;
};

// The place of a run on this model and text. Device and dtype are known once the weights are loaded.
RunPlace place_of(const Model& model, std::shared_ptr<const TextWindows> text, const RunRequest& request);

// The run in `path`; nullptr where there is no such file. Throws Failure(kBadFile).
std::shared_ptr<const RunResult> earlier_run(const std::filesystem::path& path);

// Throws Failure(kUsage) naming `path` and the first thing that differs.
void check_same_place(const RunResult& earlier, const RunPlace& now, const std::filesystem::path& path);

// A capture names a gate's file by its last part and hash; here such gates get the words of those of `gates` that they
// are, hashes included.
std::shared_ptr<const RunResult> in_words_of(const std::vector<GateSpec>& gates, const RunResult& earlier);
// The same of a map, which a capture has as with_named_files() made it.
std::shared_ptr<const SensitivityResult> in_words_of(const SensitivityRequest& request,
                                                     const SensitivityResult& earlier);
// The map with its gates' files by last part and hash, by which two files of one name are told apart.
std::shared_ptr<const SensitivityResult> with_named_files(SensitivityResult map,
                                                          const std::map<std::string, std::string>& file_sha256);
// By path. Throws Failure where a file can't be read.
std::map<std::string, std::string> hashes_of_files(const GateSpec& gate);

}  // namespace gatescope
