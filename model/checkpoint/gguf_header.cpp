#include "model/checkpoint/gguf_header.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "model/checkpoint/byte_cursor.h"
#include "model/checkpoint/dequantize.h"
#include "model/checkpoint/gguf_metadata.h"

namespace gatescope {

namespace {

constexpr std::string_view kMagic = "GGUF";
constexpr std::uint32_t kMostDimensions = 4;                    // GGML_MAX_DIMS
constexpr std::uint64_t kLeastTensorBytes = 8 + 1 + 4 + 4 + 8;  // name, dimension count, type, offset
constexpr const char* kAlignmentKey = "general.alignment";

std::uint32_t read_version(ByteCursor& cursor) {
    if (cursor.remaining() < kMagic.size() || cursor.take(kMagic.size(), "the magic") != kMagic)
        throw Failure(FailureKind::kBadFile, "does not begin with GGUF", {},
                      "it is not a GGUF file or its start is lost");
    const auto version = cursor.read<std::uint32_t>("the version");
    if (version == 2 || version == 3) return version;
    if (version == 1)
        throw Failure(FailureKind::kUnsupported, "is GGUF version 1", {}, "versions 2 and 3 are read: convert it anew");
    if (version != 0 && (version & 0xffffu) == 0)
        throw Failure(FailureKind::kUnsupported, "is a big-endian GGUF", {}, "little-endian files are read");
    throw Failure(FailureKind::kUnsupported, "is GGUF version " + std::to_string(version), {},
                  "versions 2 and 3 are read");
}

std::uint64_t alignment_of(const nlohmann::json& metadata) {
    const auto found = metadata.find(kAlignmentKey);
    if (found == metadata.end()) return 32;
    if (!found->is_number_unsigned() || !std::has_single_bit(found->get<std::uint64_t>()))
        throw Failure(FailureKind::kBadFile, "is not a power of two", kAlignmentKey);
    return found->get<std::uint64_t>();
}

void refuse_split_files(const nlohmann::json& metadata) {
    const auto found = metadata.find("split.count");
    if (found == metadata.end() || !found->is_number_unsigned() || found->get<std::uint64_t>() < 2) return;
    throw Failure(FailureKind::kUnsupported, "is one of " + found->dump() + " parts of a split model", "split.count",
                  "join them with llama-gguf-split --merge");
}

std::uint64_t product(std::uint64_t a, std::uint64_t b) {
    constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (a != 0 && b > kMost / a) throw Failure(FailureKind::kBadFile, "its shape's product overflows");
    return a * b;
}

// The file has the innermost dimension first; a tensor without dimensions is one value.
std::vector<std::int64_t> read_shape(ByteCursor& cursor) {
    const auto n_dimensions = cursor.read<std::uint32_t>("a dimension count");
    if (n_dimensions > kMostDimensions)
        throw Failure(FailureKind::kBadFile, "claims " + std::to_string(n_dimensions) + " dimensions", {},
                      "at most " + std::to_string(kMostDimensions) + " are allowed");
    std::vector<std::int64_t> shape(std::max(n_dimensions, 1u), 1);
    std::uint64_t count = 1;
    for (std::uint32_t i = 0; i < n_dimensions; ++i) {
        const auto dimension = cursor.read<std::uint64_t>("a dimension");
        if (dimension == 0) throw Failure(FailureKind::kBadFile, "a dimension is 0");
        count = product(count, dimension);
        shape[n_dimensions - 1 - i] = static_cast<std::int64_t>(dimension);
    }
    return shape;
}

const TensorType& read_type(ByteCursor& cursor) {
    const auto number = cursor.read<std::uint32_t>("a tensor's type");
    const TensorType* const type = find_tensor_type(number);
    if (type == nullptr)
        throw Failure(FailureKind::kUnsupported, "tensor type " + std::to_string(number) + " is not known");
    return *type;
}

std::uint64_t size_in_file(const std::vector<std::int64_t>& shape, const TensorType& type) {
    const auto row = static_cast<std::uint64_t>(shape.back());
    if (row % type.block_values != 0)
        throw Failure(FailureKind::kBadFile, "rows of " + std::to_string(row) + " values don't divide into blocks of " +
                                                 std::to_string(type.block_values) + " (" + std::string(type.name) +
                                                 ")");
    std::uint64_t size = product(row / type.block_values, type.block_bytes);
    for (std::size_t i = 0; i + 1 < shape.size(); ++i) size = product(size, static_cast<std::uint64_t>(shape[i]));
    return size;
}

// One entry of the listing; its offset still counts from the start of the data.
TensorInfo read_tensor(ByteCursor& cursor, std::uint64_t index, std::uint64_t alignment) {
    TensorInfo tensor;
    tensor.name = located("tensor " + std::to_string(index), [&] { return read_gguf_name(cursor, "a tensor's name"); });
    return located(tensor.name, [&] {
        tensor.shape = read_shape(cursor);
        const TensorType& type = read_type(cursor);
        tensor.dtype = type.name;
        tensor.size_bytes = size_in_file(tensor.shape, type);
        tensor.offset = cursor.read<std::uint64_t>("a tensor's offset");
        if (tensor.offset % alignment != 0)
            throw Failure(FailureKind::kBadFile, "its offset " + std::to_string(tensor.offset) +
                                                     " is not a multiple of the alignment " +
                                                     std::to_string(alignment));
        return std::move(tensor);
    });
}

std::vector<TensorInfo> read_listing(ByteCursor& cursor, std::uint64_t count, std::uint64_t alignment) {
    if (count > cursor.remaining() / kLeastTensorBytes)
        throw Failure(FailureKind::kBadFile,
                      "claims " + std::to_string(count) + " tensors, more than the file has room for");
    std::vector<TensorInfo> tensors;
    tensors.reserve(count);
    std::unordered_set<std::string> names;
    for (std::uint64_t i = 0; i < count; ++i) {
        tensors.push_back(read_tensor(cursor, i, alignment));
        if (!names.insert(tensors.back().name).second)
            throw Failure(FailureKind::kBadFile, "the tensor is there twice", tensors.back().name);
    }
    return tensors;
}

// Turns offsets within the data into offsets within the file, and checks that every tensor lies inside it.
void place(std::vector<TensorInfo>& tensors, std::uint64_t header_size, std::uint64_t alignment,
           std::uint64_t file_size) {
    const std::uint64_t padding = (alignment - header_size % alignment) % alignment;
    for (TensorInfo& tensor : tensors) {
        const std::uint64_t room = file_size - header_size;
        const bool inside =
            padding <= room && tensor.offset <= room - padding && tensor.size_bytes <= room - padding - tensor.offset;
        if (!inside)
            throw Failure(FailureKind::kBadFile,
                          "reaches past the end of the file (" + std::to_string(tensor.size_bytes) + " bytes at " +
                              std::to_string(tensor.offset) + " of the data)",
                          tensor.name, "the file may have been cut short while it was copied");
        tensor.offset += header_size + padding;
    }
}

void refuse_overlaps(const std::vector<TensorInfo>& tensors) {
    std::vector<const TensorInfo*> by_offset;
    by_offset.reserve(tensors.size());
    for (const TensorInfo& tensor : tensors) by_offset.push_back(&tensor);
    std::sort(by_offset.begin(), by_offset.end(),
              [](const TensorInfo* a, const TensorInfo* b) { return a->offset < b->offset; });
    for (std::size_t i = 1; i < by_offset.size(); ++i)
        if (by_offset[i]->offset - by_offset[i - 1]->offset < by_offset[i - 1]->size_bytes)
            throw Failure(FailureKind::kBadFile, "shares bytes with " + by_offset[i - 1]->name, by_offset[i]->name);
}

}  // namespace

bool begins_as_gguf(std::span<const std::byte> bytes) {
    return bytes.size() >= kMagic.size() && std::memcmp(bytes.data(), kMagic.data(), kMagic.size()) == 0;
}

GgufHeader parse_gguf_header(std::span<const std::byte> file) {
    ByteCursor cursor(file);
    GgufHeader header;
    header.version = read_version(cursor);
    const auto n_tensors = cursor.read<std::uint64_t>("the tensor count");
    const auto n_pairs = cursor.read<std::uint64_t>("the metadata count");
    header.metadata = read_gguf_metadata(cursor, n_pairs);
    refuse_split_files(header.metadata);
    header.alignment = alignment_of(header.metadata);
    header.tensors = read_listing(cursor, n_tensors, header.alignment);
    place(header.tensors, cursor.position(), header.alignment, file.size());
    refuse_overlaps(header.tensors);
    return header;
}

}  // namespace gatescope
