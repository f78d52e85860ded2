#include "model/gates/gate_file_writer.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

#include "model/checkpoint/safetensors_writer.h"
#include "model/core/error.h"

namespace gatescope {
namespace {

std::vector<std::pair<std::string, std::string>> metadata(const GateFileHeader& header) {
    std::vector<std::pair<std::string, std::string>> out = {
        {"format", "gatescope-gate"},         {"version", "1.0"},    {"kind", header.kind},
        {"k", std::to_string(header.k)},      {"loss", header.loss}, {"steps", std::to_string(header.steps)},
        {"model_sha256", header.model_sha256}};
    out.insert(out.end(), header.more.begin(), header.more.end());
    return out;
}

void check_values(const GateFileTensor& tensor, const std::string& name) {
    std::uint64_t count = 1;
    for (const std::int64_t size : tensor.shape) count *= static_cast<std::uint64_t>(size);
    if (tensor.shape.empty() || count == 0 || count != tensor.values.size())
        throw std::invalid_argument(name + ": shape and values disagree");
    if (!std::all_of(tensor.values.begin(), tensor.values.end(), [](float value) { return std::isfinite(value); }))
        throw Failure(FailureKind::kUnsupported, "the gate's values are not finite, and not written", name);
}

}  // namespace

void write_gate_file(const std::filesystem::path& path, bool overwrite, const GateFileHeader& header,
                     const std::vector<GateFileTensor>& tensors) {
    std::vector<SafetensorsEntry> entries;
    for (const GateFileTensor& tensor : tensors) {
        const std::string name = "layers." + std::to_string(tensor.layer) + "." + tensor.array;
        check_values(tensor, name);
        entries.push_back({name, tensor.shape});
    }
    SafetensorsWriter file(path, overwrite, metadata(header), entries);
    for (const GateFileTensor& tensor : tensors) file.write(tensor.values);
    file.publish();
}

}  // namespace gatescope
