#pragma once
// A file that appears whole or not at all: written to NAME.partial, synced, renamed. Every output of ours goes this
// way.

#include <cstddef>
#include <filesystem>
#include <span>
#include <string_view>

#include "model/core/error.h"

namespace gatescope {

// Throws Failure(kUsage, kOutput) when `path` could not be written: its folder missing or not writable, something other
// than a file there, or a file there that `overwrite` does not allow to replace. Touches nothing.
void check_output_target(const std::filesystem::path& path, bool overwrite);

// Another run is writing the file at this moment.
class OutputBusy : public Failure {
  public:
    using Failure::Failure;
};

class OutputFile {
  public:
    // Takes NAME.partial for itself (a stale one is emptied). Throws Failure(kOutput), when another run is writing it
    // OutputBusy.
    OutputFile(std::filesystem::path path, bool overwrite);
    // Removes NAME.partial unless published.
    ~OutputFile();
    OutputFile(const OutputFile&) = delete;
    OutputFile& operator=(const OutputFile&) = delete;

    // Throws Failure(kOutput) on a full disk and the like.
    void write(std::span<const std::byte> bytes);
    // Syncs and renames to NAME. Throws Failure(kOutput).
    void publish();

  private:
    void take();

    std::filesystem::path path_, partial_;
    bool overwrite_ = false;
    int file_ = -1;
};

// A whole file at once. Throws as OutputFile does.
void write_output_file(const std::filesystem::path& path, std::string_view bytes, bool overwrite);

}  // namespace gatescope
