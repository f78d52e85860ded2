#include "model/checkpoint/torch_header.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>
#include <unordered_map>

#include "model/checkpoint/byte_cursor.h"
#include "model/checkpoint/torch_pickle.h"
#include "model/checkpoint/zip_directory.h"

namespace gatescope {
namespace {

using Bytes = std::span<const std::byte>;
using Entries = std::unordered_map<std::string_view, ZipEntry>;  // by what follows a prefix

constexpr std::string_view kPickle = "data.pkl";

void refuse_other_forms(Bytes file) {
    const std::string_view text(reinterpret_cast<const char*>(file.data()), std::min<std::size_t>(file.size(), 2));
    if (begins_as_zip(file)) return;
    if (text.starts_with('\x80'))
        throw Failure(FailureKind::kUnsupported, "is a pickle: the form that torch.save wrote before 1.6", {},
                      "read it with torch.load and write it anew with torch.save, or as safetensors");
    throw Failure(FailureKind::kBadFile, "is not a file of torch.save", {}, "it should be a zip archive");
}

// Of "NAME/data.pkl": "NAME/".
std::string_view prefix_of(const std::vector<ZipEntry>& entries) {
    for (const ZipEntry& entry : entries) {
        if (!entry.name.ends_with(kPickle)) continue;
        const std::string_view prefix = entry.name.substr(0, entry.name.size() - kPickle.size());
        if (prefix.empty() || prefix.find('/') == prefix.size() - 1) return prefix;
    }
    throw Failure(FailureKind::kBadFile, "is a zip archive without data.pkl", {}, "it is not a file of torch.save");
}

void refuse_torchscript(const std::vector<ZipEntry>& entries, std::string_view prefix) {
    for (const ZipEntry& entry : entries) {
        if (!entry.name.starts_with(prefix)) continue;
        const std::string_view name = entry.name.substr(prefix.size());
        if (name == "constants.pkl" || name.starts_with("code/"))
            throw Failure(FailureKind::kUnsupported, "is a TorchScript program (" + std::string(entry.name) + ")", {},
                          "save the weights alone: torch.save(model.state_dict(), file)");
    }
}

Bytes contents(Bytes file, const ZipEntry& entry) {
    return file.subspan(entry.offset, entry.size);
}

Entries behind(const std::vector<ZipEntry>& listing, std::string_view prefix) {
    Entries out;
    for (const ZipEntry& entry : listing)
        if (entry.name.starts_with(prefix)) out.emplace(entry.name.substr(prefix.size()), entry);
    return out;
}

void refuse_big_endian(Bytes file, const Entries& records) {
    const auto found = records.find("byteorder");
    if (found == records.end()) return;
    const Bytes bytes = contents(file, found->second);
    const std::string_view order(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    if (order != "little")
        throw Failure(FailureKind::kUnsupported,
                      "the byte order is \"" + one_line(std::string(order.substr(0, 20))) + "\"", "byteorder",
                      "little-endian files are read");
}

bool is_contiguous(const std::vector<std::int64_t>& shape, const std::vector<std::uint64_t>& strides) {
    std::uint64_t wanted = 1;
    for (std::size_t n = shape.size(); n-- > 0;) {
        if (shape[n] != 1 && strides[n] != wanted) return false;
        wanted *= static_cast<std::uint64_t>(shape[n]);
    }
    return true;
}

std::string shown(std::string_view key) {
    return one_line("data/" + std::string(key.substr(0, 40)));
}

// The pickle's claim about a storage against the archive.
TorchTensor placed(NamedStrides&& named, const Entries& entries) {
    StoredStrides& strides = named.strides;
    const auto found = entries.find(strides.storage);
    if (found == entries.end())
        throw Failure(FailureKind::kBadFile, "its storage " + shown(strides.storage) + " is not in the archive",
                      named.name);
    if (found->second.size < strides.storage_bytes)
        throw Failure(FailureKind::kBadFile,
                      "its storage " + shown(strides.storage) + " has " + std::to_string(found->second.size) +
                          " bytes, not " + std::to_string(strides.storage_bytes),
                      named.name);
    TorchTensor out;
    const std::uint64_t value_bytes = strides.type->bits / 8;
    std::uint64_t last = 0, count = 1;
    for (std::size_t n = 0; n < strides.shape.size(); ++n) {
        const auto size = static_cast<std::uint64_t>(strides.shape[n]);
        count *= size;
        last += size == 0 ? 0 : (size - 1) * strides.strides[n];
    }
    out.span_bytes = count == 0 ? 0 : (last + 1) * value_bytes;
    out.contiguous = is_contiguous(strides.shape, strides.strides);
    out.type = strides.type;
    out.strides = std::move(strides.strides);
    const std::uint64_t offset = found->second.offset + (count == 0 ? 0 : strides.first * value_bytes);
    out.info = {std::move(named.name), std::move(strides.shape), std::string(out.type->name), offset,
                count * value_bytes};
    return out;
}

}  // namespace

bool begins_as_torch(Bytes bytes) {
    return begins_as_zip(bytes) || (bytes.size() >= 2 && bytes[0] == std::byte{0x80} && bytes[1] <= std::byte{5});
}

std::vector<TorchTensor> parse_torch_header(Bytes file) {
    refuse_other_forms(file);
    const std::vector<ZipEntry> listing = read_zip_directory(file);
    const std::string_view prefix = prefix_of(listing);
    refuse_torchscript(listing, prefix);
    const Entries records = behind(listing, prefix);
    const Entries storages = behind(listing, std::string(prefix) + "data/");
    refuse_big_endian(file, records);
    std::vector<NamedStrides> named = located(std::string(prefix) + std::string(kPickle),
                                              [&] { return read_torch_pickle(contents(file, records.at(kPickle))); });
    std::vector<TorchTensor> out;
    out.reserve(named.size());
    for (NamedStrides& tensor : named) out.push_back(placed(std::move(tensor), storages));
    return out;
}

void read_torch_elements(Bytes file, const TorchTensor& tensor, std::uint64_t first, std::span<float> out) {
    const std::uint64_t value_bytes = tensor.type->bits / 8;
    const std::byte* const origin = file.data() + tensor.info.offset;
    if (tensor.contiguous) return tensor.type->to_float32(origin + first * value_bytes, out.size(), out.data());
    const auto width = static_cast<std::uint64_t>(tensor.info.shape.back());
    std::vector<std::byte> row(width * value_bytes);
    for (std::uint64_t n = 0; n < out.size(); n += width) {
        std::uint64_t left = (first + n) / width, start = 0;
        for (std::size_t d = tensor.strides.size() - 1; d-- > 0;) {
            const auto size = static_cast<std::uint64_t>(tensor.info.shape[d]);
            start += left % size * tensor.strides[d];
            left /= size;
        }
        for (std::uint64_t i = 0; i < width; ++i)
            std::memcpy(row.data() + i * value_bytes, origin + (start + i * tensor.strides.back()) * value_bytes,
                        value_bytes);
        tensor.type->to_float32(row.data(), width, out.data() + n);
    }
}

}  // namespace gatescope
