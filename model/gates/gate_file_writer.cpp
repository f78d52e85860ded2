#include "model/gates/gate_file_writer.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "model/core/error.h"
#include "model/core/output_file.h"

namespace gatescope {
namespace {

static_assert(std::endian::native == std::endian::little);
constexpr std::size_t kAlignment = 8;  // of the values, as readers that map the file like it

nlohmann::ordered_json metadata(const GateFileHeader& header) {
    nlohmann::ordered_json out = {
        {"format", "gatescope-gate"},         {"version", "1.0"},    {"kind", header.kind},
        {"k", std::to_string(header.k)},      {"loss", header.loss}, {"steps", std::to_string(header.steps)},
        {"model_sha256", header.model_sha256}};
    for (const auto& [key, value] : header.more)
        if (!out.contains(key)) out[key] = value;
    return out;
}

std::size_t bytes_of(const GateFileTensor& tensor, const std::string& name) {
    std::uint64_t count = 1;
    for (const std::int64_t size : tensor.shape) count *= static_cast<std::uint64_t>(size);
    if (tensor.shape.empty() || count == 0 || count != tensor.values.size())
        throw std::invalid_argument(name + ": shape and values disagree");
    if (!std::all_of(tensor.values.begin(), tensor.values.end(), [](float value) { return std::isfinite(value); }))
        throw Failure(FailureKind::kUnsupported, "the gate's values are not finite, and not written", name);
    return tensor.values.size_bytes();
}

}  // namespace

void write_gate_file(const std::filesystem::path& path, bool overwrite, const GateFileHeader& header,
                     const std::vector<GateFileTensor>& tensors) {
    nlohmann::ordered_json entries = {{"__metadata__", metadata(header)}};
    std::uint64_t end = 0;
    for (const GateFileTensor& tensor : tensors) {
        const std::string name = "layers." + std::to_string(tensor.layer) + "." + tensor.array;
        if (entries.contains(name)) throw std::invalid_argument(name + " stands there twice");
        const std::uint64_t begin = end;
        end += bytes_of(tensor, name);
        entries[name] = {{"dtype", "F32"}, {"shape", tensor.shape}, {"data_offsets", {begin, end}}};
    }
    std::string text = entries.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
    text.append((kAlignment - text.size() % kAlignment) % kAlignment, ' ');
    const std::uint64_t size = text.size();
    OutputFile file(path, overwrite);
    file.write(std::as_bytes(std::span(&size, 1)));
    file.write(std::as_bytes(std::span(text)));
    for (const GateFileTensor& tensor : tensors) file.write(std::as_bytes(tensor.values));
    file.publish();
}

}  // namespace gatescope
