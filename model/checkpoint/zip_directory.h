#pragma once
// The listing of a zip archive (PKWARE's APPNOTE.TXT, with zip64), for archives whose entries are stored as they are.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace gatescope {

struct ZipEntry {
    std::string_view name;     // in the archive's own bytes
    std::uint64_t offset = 0;  // of its data, in the archive
    std::uint64_t size = 0;
};

// Whether the bytes begin as a zip archive with entries does.
bool begins_as_zip(std::span<const std::byte> bytes);

// Every entry, in the directory's order; all lie inside the archive. `archive` is all of it. Throws Failure: kBadFile,
// kUnsupported naming an entry that is packed or encrypted, or twice there.
std::vector<ZipEntry> read_zip_directory(std::span<const std::byte> archive);

}  // namespace gatescope
