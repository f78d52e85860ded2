#pragma once
// Writes a safetensors file: the header first, then the tensors' bytes as they come. No torch.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "model/core/output_file.h"

namespace gatescope {

struct SafetensorsEntry {
    std::string name;
    std::vector<std::int64_t> shape;  // none: a scalar
    std::string dtype = "F32";        // a word of number_types()
};

class SafetensorsWriter {
  public:
    // As OutputFile: the file appears whole or not at all. `metadata` is kept in its order, a key that is there twice
    // by its first value. Throws Failure(kUsage, kOutput); std::invalid_argument for two tensors of one name, an
    // unknown dtype, a size below 1.
    SafetensorsWriter(const std::filesystem::path& path, bool overwrite,
                      const std::vector<std::pair<std::string, std::string>>& metadata,
                      const std::vector<SafetensorsEntry>& entries);

    // The next bytes of the data, in pieces of any size; tensors follow each other in the order of `entries`.
    void write(std::span<const std::byte> bytes);
    template <typename Value>
    void write(std::span<const Value> values) {
        write(std::as_bytes(values));
    }
    // Syncs and renames. Throws Failure(kOutput); std::invalid_argument unless the tensors are full.
    void publish();

  private:
    OutputFile file_;
    std::uint64_t left_ = 0;  // bytes of tensors still to come
};

}  // namespace gatescope
