#pragma once
// An HDF5 file built in memory whose datasets carry named dimension scales; the caller writes its bytes where they
// belong. In memory, because HDF5 does not survive a full disk.

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "captures/h5.h"

namespace gatescope::h5 {

// Where HDF5's in-memory driver keeps its file, taken over when the file is closed.
class MemoryFile {
  public:
    MemoryFile() = default;
    ~MemoryFile();
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;
    // Makes the files that `access` opens use this memory.
    void use_for(const Handle& access);
    // The closed file.
    std::span<const std::byte> bytes() const;

  private:
    void* data_ = nullptr;
    std::size_t size_ = 0;
};

class Writer {
  public:
    Writer();

    // Creates a group and its parents.
    void group(const std::string& path);
    // A dimension called `name` in `group`: a scale that datasets of the group and below are attached to by name.
    void scale(const std::string& group, const std::string& name, std::span<const std::int32_t> values);
    void scale(const std::string& group, const std::string& name, std::span<const std::int64_t> values);
    // A scale of 0 .. size-1.
    void count_scale(const std::string& group, const std::string& name, std::int64_t size);

    // Size of the dimension that a dataset of `group` would be attached to.
    std::int64_t scale_size(const std::string& group, const std::string& name) const;

    // Datasets with one dimension a name; compressed above 64 KiB. `fixed_dims`: how many of the first dimensions a
    // chunk has one entry of (patterns: layer and head); 0 leaves the choice to us.
    void floats(const std::string& group, const std::string& name, std::span<const float> values,
                const std::vector<std::string>& dims);
    void doubles(const std::string& group, const std::string& name, std::span<const double> values,
                 const std::vector<std::string>& dims);
    void ints(const std::string& group, const std::string& name, std::span<const std::int32_t> values,
              const std::vector<std::string>& dims, std::size_t fixed_dims = 0);
    void longs(const std::string& group, const std::string& name, std::span<const std::int64_t> values,
               const std::vector<std::string>& dims);
    void halves(const std::string& group, const std::string& name, std::span<const std::uint16_t> bits,
                const std::vector<std::string>& dims, std::size_t fixed_dims = 0);
    void strings(const std::string& group, const std::string& name, const std::vector<std::string>& values,
                 const std::vector<std::string>& dims);

    void attribute(const std::string& group, const std::string& name, const std::string& value);
    void attribute(const std::string& group, const std::string& name, std::int64_t value);
    void attribute(const std::string& group, const std::string& name, double value);

    // Closes the file; its bytes live as long as the writer. Nothing can be written afterwards.
    std::span<const std::byte> finish();

  private:
    struct Values {
        const void* data;
        std::size_t count, bytes_each;
        hid_t memory_type, file_type;
    };
    void put_scale(const std::string& group, const std::string& name, const Values& values);
    void put(const std::string& group, const std::string& name, const Values& values,
             const std::vector<std::string>& dims, std::size_t fixed_dims);
    void attach(hid_t dataset, const std::string& path, const std::vector<std::string>& scales);
    std::string find_scale(const std::string& group, const std::string& name) const;
    void scalar(const std::string& group, const std::string& name, hid_t file_type, hid_t memory_type,
                const void* value);

    Library library_;
    MemoryFile memory_;
    Handle file_;
    std::map<std::string, std::int64_t> scales_;  // path -> size
};

}  // namespace gatescope::h5
