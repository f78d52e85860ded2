#pragma once
// Folders that appear whole or not at all.

#include <filesystem>

namespace gatescope {

// Makes files and folder safe from a power cut. Throws Failure(kOutput).
void sync_folder(const std::filesystem::path& folder);
// Gives `from` the name `to`; what had it is called `from` afterwards. Syncs the folder around them. Where the file
// system can't exchange names, what had it is called `to` + kSwapped for a moment. Throws Failure(kOutput).
inline constexpr const char* kSwapped = ".swapped.partial";
void swap_in_folder(const std::filesystem::path& from, const std::filesystem::path& to);
// What an operation on a path failed of, as Failure(kOutput).
[[noreturn]] void throw_output(const std::filesystem::path& path, const char* doing, int number);

}  // namespace gatescope
