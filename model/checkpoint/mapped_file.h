#pragma once
// A regular file mapped read-only, for its owner's lifetime.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>

namespace gatescope {

class MappedFile {
  public:
    // Throws Failure: kNotFound (with the nearest name beside it), kUnsupported (folder, device), kBadFile (empty),
    // kResource (not readable, no address space).
    explicit MappedFile(const std::filesystem::path& path);
    ~MappedFile();
    MappedFile(const MappedFile&) = delete;
    MappedFile& operator=(const MappedFile&) = delete;

    const std::filesystem::path& path() const noexcept { return path_; }
    std::span<const std::byte> bytes() const noexcept { return bytes_; }
    // Touching pages that a shrunk file lost would end the program, and a file written anew holds other weights, so
    // readers call this before they touch a range. Throws Failure(kBadFile) when the file changed since it was opened.
    void require_unchanged() const;
    // Copies bytes from `offset` on without touching the mapping, so that they count once, and for large pieces faster.
    // Throws Failure: kBadFile as above, kResource.
    void read(std::uint64_t offset, std::span<std::byte> out) const;
    // Lets go of the pages that lie wholly inside [offset, offset + size); they are read again when touched.
    void release(std::uint64_t offset, std::uint64_t size) const noexcept;

  private:
    std::filesystem::path path_;
    int descriptor_ = -1;
    std::span<const std::byte> bytes_;
    std::int64_t modified_s_ = 0, modified_ns_ = 0;  // when it was opened
};

// "no such file", with the nearest name in its folder as the hint.
[[noreturn]] void throw_no_such_file(const std::filesystem::path& path);

}  // namespace gatescope
