#pragma once
// One file of weights: what a Hugging Face checkpoint is made of.

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "model/checkpoint/checkpoint_reader.h"
#include "model/checkpoint/mapped_file.h"
#include "model/checkpoint/number_types.h"

namespace gatescope {

class TensorFile {
  public:
    TensorFile() = default;
    virtual ~TensorFile() = default;
    TensorFile(const TensorFile&) = delete;
    TensorFile& operator=(const TensorFile&) = delete;

    virtual const std::filesystem::path& path() const = 0;
    // In file order. Names are unique; dtype is a word of number_types().
    virtual const std::vector<TensorInfo>& tensors() const = 0;
    // As CheckpointReader's, for the tensor at `index`. Throws Failure with path and name as `where`.
    virtual void read_float32(std::size_t index, std::int64_t first_row, std::span<float> out) const = 0;
    virtual bool read_bfloat16(std::size_t index, std::int64_t first_row, std::span<std::uint16_t> out) const = 0;
    virtual void release(std::size_t index) const = 0;
    // What the file says of itself: safetensors' __metadata__; empty where the format has no such thing.
    virtual const std::map<std::string, std::string>& metadata() const;
};

// Where a slice of rows lies: its first element and how many there are. Throws Failure(kInternal) unless the tensor has
// them.
struct ElementRange {
    std::uint64_t first = 0, count = 0;
};
ElementRange elements_of_rows(const TensorInfo& tensor, std::int64_t first_row, std::size_t out_size);

// Numbers [first, first + count) of those that lie row after row from `offset` on. Throws Failure.
void read_numbers(const MappedFile& file, std::uint64_t offset, const NumberType& type, const ElementRange& range,
                  std::span<float> out);
// How the tensor's numbers become floats. Throws Failure(kUnsupported) where they can only be listed.
const NumberType& readable_type(const TensorInfo& tensor);

}  // namespace gatescope
