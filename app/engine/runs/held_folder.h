#pragma once
// What folders of runs and of experiments share: made where they may be, held by one process at a time, cleared of what
// a killed one left half done.

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace gatescope {

// Ends the names of what is not whole.
inline constexpr const char* kPartial = ".partial";
// The file that a hold takes.
inline constexpr const char* kLock = ".lock";

// Throw Failure(kOutput).
std::vector<std::filesystem::path> entries_of(const std::filesystem::path& folder);
void clear_away(const std::filesystem::path& path);
void make_folders(const std::filesystem::path& folder);
// Renamed first, so that no half of one stands under its name.
void drop_folder(const std::filesystem::path& folder);
void remove_partials(const std::filesystem::path& folder);

// Could a folder be made there, or written to? Throws Failure(kUsage, kOutput). Touches nothing.
void check_can_be_made(const std::filesystem::path& folder);
// Is there anything but a hold's file in it?
bool holds_anything(const std::filesystem::path& folder);

// Ends with the process that has it, however that ends.
class FolderHold {
  public:
    // `busy`: what to say where another has it. Throws Failure(kOutput, kResource).
    FolderHold(const std::filesystem::path& folder, const std::string& busy);
    ~FolderHold();
    FolderHold(FolderHold&& other) noexcept : file_(std::exchange(other.file_, -1)) {}
    FolderHold& operator=(FolderHold&&) = delete;

  private:
    int file_ = -1;
};

}  // namespace gatescope
