#include "model/checkpoint/safetensors_writer.h"

#include <bit>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "model/checkpoint/number_types.h"

namespace gatescope {
namespace {

static_assert(std::endian::native == std::endian::little);
constexpr std::size_t kAlignment = 8;  // of the values, as readers that map the file like it

std::uint64_t bytes_of(const SafetensorsEntry& entry) {
    const NumberType* const type = find_number_type(entry.dtype);
    if (type == nullptr || type->bits % 8 != 0) throw std::invalid_argument(entry.name + ": no dtype to write");
    std::uint64_t count = 1;
    for (const std::int64_t size : entry.shape) {
        if (size < 1) throw std::invalid_argument(entry.name + ": a size below 1");
        count *= static_cast<std::uint64_t>(size);
    }
    return count * (type->bits / 8);
}

nlohmann::ordered_json metadata_json(const std::vector<std::pair<std::string, std::string>>& metadata) {
    nlohmann::ordered_json out = nlohmann::ordered_json::object();
    for (const auto& [key, value] : metadata)
        if (!out.contains(key)) out[key] = value;
    return out;
}

}  // namespace

SafetensorsWriter::SafetensorsWriter(const std::filesystem::path& path, bool overwrite,
                                     const std::vector<std::pair<std::string, std::string>>& metadata,
                                     const std::vector<SafetensorsEntry>& entries)
    : file_(path, overwrite) {
    nlohmann::ordered_json header = {{"__metadata__", metadata_json(metadata)}};
    for (const SafetensorsEntry& entry : entries) {
        if (header.contains(entry.name)) throw std::invalid_argument(entry.name + " stands there twice");
        const std::uint64_t begin = left_;
        left_ += bytes_of(entry);
        header[entry.name] = {{"dtype", entry.dtype}, {"shape", entry.shape}, {"data_offsets", {begin, left_}}};
    }
    std::string text = header.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
    text.append((kAlignment - text.size() % kAlignment) % kAlignment, ' ');
    const std::uint64_t size = text.size();
    file_.write(std::as_bytes(std::span(&size, 1)));
    file_.write(std::as_bytes(std::span(text)));
}

void SafetensorsWriter::write(std::span<const std::byte> bytes) {
    if (bytes.size() > left_) throw std::invalid_argument("more bytes than the tensors of a safetensors file take");
    file_.write(bytes);
    left_ -= bytes.size();
}

void SafetensorsWriter::publish() {
    if (left_ > 0) throw std::invalid_argument("fewer bytes than the tensors of a safetensors file take");
    file_.publish();
}

}  // namespace gatescope
