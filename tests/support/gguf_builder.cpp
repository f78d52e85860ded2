#include "tests/support/gguf_builder.h"

#include <fstream>
#include <stdexcept>

#include "tests/support/byte_writer.h"

namespace gatescope {

namespace {

// gguf_metadata_value_type
constexpr std::uint32_t kUint32 = 4, kInt32 = 5, kFloat32 = 6, kBool = 7, kString = 8, kArray = 9, kUint64 = 10;

template <typename Value>
std::string bytes_of(Value value) {
    return ByteWriter().put(value).bytes();
}

template <typename Value>
std::string array_of(std::uint32_t type, const std::vector<Value>& values) {
    ByteWriter out;
    out.put(type).put(std::uint64_t{values.size()});
    for (const Value& value : values) out.put(value);
    return out.bytes();
}

}  // namespace

GgufBuilder& GgufBuilder::add_string(std::string_view key, std::string_view value) {
    return add_raw_pair(key, kString, ByteWriter().string(value).bytes());
}
GgufBuilder& GgufBuilder::add_bool(std::string_view key, bool value) {
    return add_raw_pair(key, kBool, bytes_of(static_cast<std::uint8_t>(value)));
}
GgufBuilder& GgufBuilder::add_u32(std::string_view key, std::uint32_t value) {
    return add_raw_pair(key, kUint32, bytes_of(value));
}
GgufBuilder& GgufBuilder::add_u64(std::string_view key, std::uint64_t value) {
    return add_raw_pair(key, kUint64, bytes_of(value));
}
GgufBuilder& GgufBuilder::add_f32(std::string_view key, float value) {
    return add_raw_pair(key, kFloat32, bytes_of(value));
}
GgufBuilder& GgufBuilder::add_array_i32(std::string_view key, const std::vector<std::int32_t>& values) {
    return add_raw_pair(key, kArray, array_of(kInt32, values));
}
GgufBuilder& GgufBuilder::add_array_f32(std::string_view key, const std::vector<float>& values) {
    return add_raw_pair(key, kArray, array_of(kFloat32, values));
}
GgufBuilder& GgufBuilder::add_array_string(std::string_view key, const std::vector<std::string>& values) {
    ByteWriter out;
    out.put(kString).put(std::uint64_t{values.size()});
    for (const std::string& value : values) out.string(value);
    return add_raw_pair(key, kArray, out.bytes());
}

GgufBuilder& GgufBuilder::add_tensor_f32(std::string_view name, const std::vector<std::int64_t>& shape,
                                         std::span<const float> values) {
    return add_tensor(name, shape, 0, {reinterpret_cast<const char*>(values.data()), values.size_bytes()});
}

GgufBuilder& GgufBuilder::add_tensor(std::string_view name, const std::vector<std::int64_t>& shape, std::uint32_t type,
                                     std::string_view data) {
    data_ = ByteWriter().raw(data_).pad_to(alignment_).bytes();
    add_raw_tensor(name, {shape.rbegin(), shape.rend()}, type, data_.size());
    data_ += data;
    return *this;
}

GgufBuilder& GgufBuilder::add_raw_pair(std::string_view key, std::uint32_t type, std::string_view value) {
    pairs_ += ByteWriter().string(key).put(type).raw(value).bytes();
    ++n_pairs_;
    return *this;
}

GgufBuilder& GgufBuilder::add_raw_tensor(std::string_view name, const std::vector<std::uint64_t>& dimensions,
                                         std::uint32_t type, std::uint64_t offset) {
    ByteWriter out;
    out.string(name).put(static_cast<std::uint32_t>(dimensions.size()));
    for (const std::uint64_t dimension : dimensions) out.put(dimension);
    listing_ += out.put(type).put(offset).bytes();
    ++n_tensors_;
    return *this;
}

GgufBuilder& GgufBuilder::set_version(std::uint32_t version) {
    version_ = version;
    return *this;
}
GgufBuilder& GgufBuilder::set_tensor_count(std::uint64_t count) {
    claimed_tensors_ = count;
    return *this;
}
GgufBuilder& GgufBuilder::set_pair_count(std::uint64_t count) {
    claimed_pairs_ = count;
    return *this;
}
GgufBuilder& GgufBuilder::set_alignment(std::uint32_t alignment) {
    alignment_ = alignment;
    return add_u32("general.alignment", alignment);
}

std::string GgufBuilder::bytes() const {
    ByteWriter out;
    out.raw("GGUF").put(version_).put(claimed_tensors_.value_or(n_tensors_)).put(claimed_pairs_.value_or(n_pairs_));
    out.raw(pairs_).raw(listing_);
    return n_tensors_ == 0 ? out.bytes() : out.pad_to(alignment_).raw(data_).bytes();
}

std::filesystem::path GgufBuilder::write(const std::filesystem::path& path) const {
    std::ofstream file(path, std::ios::binary);
    file << bytes();
    if (!file.flush()) throw std::runtime_error("can't write " + path.string());
    return path;
}

}  // namespace gatescope
