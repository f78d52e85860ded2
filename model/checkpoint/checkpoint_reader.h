#pragma once
// What every checkpoint format gives: a listing of tensors from the headers alone, metadata as JSON, and one tensor at
// a time as float32. Memory-mapped and lazy; no torch, so that readers can be fuzzed alone.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace gatescope {

struct TensorInfo {
    std::string name;                 // as the file has it
    std::vector<std::int64_t> shape;  // outermost dimension first (row-major), as in PyTorch
    std::string dtype;                // the format's own word: "Q4_1", "F32", "BF16"
    std::uint64_t offset = 0;         // of the first byte, in its file
    std::uint64_t size_bytes = 0;
    std::int64_t element_count() const;  // product of shape; checked against overflow when the header was read
};

// Whose keys metadata() has.
enum class MetadataKind { kConfigJson, kGguf };

class CheckpointReader {
  public:
    CheckpointReader() = default;
    virtual ~CheckpointReader() = default;
    CheckpointReader(const CheckpointReader&) = delete;
    CheckpointReader& operator=(const CheckpointReader&) = delete;
    // The format's id: "gguf", "safetensors", "pytorch".
    virtual std::string format() const = 0;
    virtual MetadataKind metadata_kind() const = 0;
    // Where config.json and the tokenizer's files lie; empty for a file that holds all itself.
    virtual std::filesystem::path folder() const = 0;
    // The weight files in name order (for the sha256 of the weights).
    virtual std::vector<std::filesystem::path> weight_files() const = 0;
    // In file order. Names are unique.
    virtual const std::vector<TensorInfo>& tensors() const = 0;
    // Key -> value; GGUF metadata with its own keys ("llama.block_count"), or config.json. Arrays included. A GGUF's
    // string values are its bytes, UTF-8 or not: dump them with nlohmann::json::error_handler_t::replace.
    virtual const nlohmann::json& metadata() const = 0;
    // Rows [first_row, first_row + out.size() / row length) of a tensor as float32; a row is the last dimension.
    // Throws Failure: kBadFile (cut short meanwhile), kUnsupported (a dtype that is only listed). Threads may share it.
    virtual void read_float32(const TensorInfo& tensor, std::int64_t first_row, std::span<float> out) const = 0;
    // The same rows as bfloat16's bits, where the file keeps them so; false, and nothing read, where not.
    virtual bool read_bfloat16(const TensorInfo&, std::int64_t, std::span<std::uint16_t>) const { return false; }
    // Tells the system that the mapped pages of a tensor are no longer needed (keeps the resident set small).
    virtual void release(const TensorInfo& tensor) const = 0;

    // The tensor called `name`, or nullptr.
    const TensorInfo* find(const std::string& name) const;

  private:
    mutable std::once_flag indexed_;  // the index is made at the first find()
    mutable std::unordered_map<std::string, std::size_t> index_;
};

// Opens MODEL (a file or folder) with the first format of the list that knows it; reads headers only. "Not my format"
// is distinct from "broken file". Throws Failure(kNotFound, kBadFile, kUnsupported).
std::unique_ptr<CheckpointReader> open_checkpoint(const std::filesystem::path& path);

}  // namespace gatescope
