#pragma once
// Remembers the sha256 of files between runs of the program.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace gatescope {

// What tells one state of some files from another: a line a file with its size, modification time and absolute path.
// Throws Failure when a file is gone.
std::string fingerprint(const std::vector<std::filesystem::path>& files);

// The hash kept for this state of the files; nothing when there is none, or the entry is damaged.
std::optional<std::string> kept_hash(const std::string& fingerprint);

// Keeps it, written aside and renamed. A cache folder that can't be written is no failure.
void keep_hash(const std::string& fingerprint, const std::string& hash) noexcept;

}  // namespace gatescope
