#pragma once
// Captures (SCHEMA.md): HDF5, written aside, synced, renamed; read back as the very RunResult. No torch.

#include <filesystem>
#include <memory>

#include "analysis/results.h"
#include "model/core/job_context.h"

namespace gatescope {

// Throws Failure(kOutput, kUsage) before anything is computed: folder missing, not writable, exists and not
// `overwrite`.
void check_capture_target(const std::filesystem::path& path, bool overwrite);

// Writes NAME.partial, syncs, renames; on failure no file is left and an older capture of that name is untouched.
void write_capture(const RunResult& run, const std::filesystem::path& path, bool overwrite, JobContext& job);

// Throws Failure(kBadFile, kNotFound) naming the file and the dataset or attribute.
std::shared_ptr<const RunResult> read_capture(const std::filesystem::path& path);

// For who was given `path` as a model: throws Failure(kUsage) that says what it is where it is a capture of any kind,
// and what opens it; does nothing for any other file or folder.
void refuse_capture_as_model(const std::filesystem::path& path);

}  // namespace gatescope
