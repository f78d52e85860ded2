#pragma once
// Writes small GGUF files for tests: honest ones (tiny random models) and ones whose header lies.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gatescope {

class GgufBuilder {
  public:
    // Metadata, in the order of the calls.
    GgufBuilder& add_string(std::string_view key, std::string_view value);
    GgufBuilder& add_bool(std::string_view key, bool value);
    GgufBuilder& add_u32(std::string_view key, std::uint32_t value);
    GgufBuilder& add_u64(std::string_view key, std::uint64_t value);
    GgufBuilder& add_f32(std::string_view key, float value);
    GgufBuilder& add_array_string(std::string_view key, const std::vector<std::string>& values);
    GgufBuilder& add_array_i32(std::string_view key, const std::vector<std::int32_t>& values);
    GgufBuilder& add_array_f32(std::string_view key, const std::vector<float>& values);
    // A tensor; shape outermost first, as TensorInfo has it. add_tensor() takes the bytes of any type by its number.
    GgufBuilder& add_tensor_f32(std::string_view name, const std::vector<std::int64_t>& shape,
                                std::span<const float> values);
    GgufBuilder& add_tensor(std::string_view name, const std::vector<std::int64_t>& shape, std::uint32_t type,
                            std::string_view data);

    // Ways to lie: a pair of any type with any bytes, a listed tensor with any dimensions (innermost first, as in the
    // file) and no data of its own, and header fields that say what they like.
    GgufBuilder& add_raw_pair(std::string_view key, std::uint32_t type, std::string_view value);
    GgufBuilder& add_raw_tensor(std::string_view name, const std::vector<std::uint64_t>& dimensions, std::uint32_t type,
                                std::uint64_t offset);
    GgufBuilder& set_version(std::uint32_t version);
    GgufBuilder& set_tensor_count(std::uint64_t count);
    GgufBuilder& set_pair_count(std::uint64_t count);
    // Of tensor data; also adds general.alignment. Before the first tensor.
    GgufBuilder& set_alignment(std::uint32_t alignment);

    std::string bytes() const;
    // Writes the file and returns its path.
    std::filesystem::path write(const std::filesystem::path& path) const;

  private:
    std::uint32_t version_ = 3, alignment_ = 32;
    std::uint64_t n_pairs_ = 0, n_tensors_ = 0;
    std::optional<std::uint64_t> claimed_pairs_, claimed_tensors_;
    std::string pairs_, listing_, data_;
};

}  // namespace gatescope
