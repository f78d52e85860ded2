#pragma once
// Reads an HDF5 file that anybody may have made: every link, type, shape, filter and size is checked before anything is
// allocated or followed. All throw Failure(kBadFile) naming the file and the dataset or attribute.

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "captures/h5.h"

namespace gatescope::h5 {

using Shape = std::vector<std::int64_t>;

class Reader {
  public:
    // Throws Failure(kNotFound, kBadFile).
    explicit Reader(const std::filesystem::path& path);

    // Is there a group or dataset at `path`, by hard links alone?
    bool has(const std::string& path) const;
    bool has_dataset(const std::string& path) const;
    // Names in a group, in the order in which they were made where the file keeps it.
    std::vector<std::string> members(const std::string& group) const;
    Shape shape(const std::string& path) const;
    // Whole datasets, whose shape must be the given one.
    std::vector<float> floats(const std::string& path, const Shape& expected) const;
    std::vector<double> doubles(const std::string& path, const Shape& expected) const;
    std::vector<std::int32_t> ints(const std::string& path, const Shape& expected) const;
    std::vector<std::int64_t> longs(const std::string& path, const Shape& expected) const;
    std::vector<std::uint16_t> halves(const std::string& path, const Shape& expected) const;
    std::vector<std::string> strings(const std::string& path, const Shape& expected) const;
    // A one-dimensional dataset of whole numbers, of any length but 0.
    std::vector<std::int32_t> int_list(const std::string& path) const;
    std::vector<std::int64_t> long_list(const std::string& path) const;

    bool has_attribute(const std::string& group, const std::string& name) const;
    std::string text(const std::string& group, const std::string& name) const;
    std::int64_t integer(const std::string& group, const std::string& name) const;
    double real(const std::string& group, const std::string& name) const;

    // "FILE: path", for the reader's own complaints.
    std::string where(const std::string& path) const;

  private:
    Shape list_shape(const std::string& path) const;
    Handle open_dataset(const std::string& path) const;
    Handle open_checked(const std::string& path, const Shape& expected, std::size_t bytes_each) const;
    Handle open_attribute(const std::string& group, const std::string& name) const;
    void claim(std::uint64_t bytes, const std::string& at) const;
    void check_storage(hid_t dataset, const std::string& path, std::uint64_t bytes) const;

    Library library_;
    std::string name_;
    std::uint64_t file_bytes_ = 0;
    // Of the datasets and texts read so far. An honest file's don't overlap, so that all of them together have an end.
    mutable std::uint64_t claimed_bytes_ = 0;
    Handle file_;
};

}  // namespace gatescope::h5
