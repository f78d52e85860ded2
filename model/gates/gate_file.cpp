#include "model/gates/gate_file.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "model/checkpoint/byte_cursor.h"
#include "model/checkpoint/safetensors_file.h"
#include "model/core/error.h"

namespace gatescope {
namespace {

constexpr const char* kFormat = "gatescope-gate";
constexpr std::size_t kValuesAtOnce = 1 << 18;

Failure broken(const std::string& what, const std::string& where = {}, const std::string& hint = {}) {
    return {FailureKind::kBadFile, what, where, hint};
}

// layers.3.query -> 3, "query".
struct ArrayName {
    std::int64_t layer = -1;
    std::string array;
};

ArrayName parse_name(const std::string& name) {
    constexpr std::string_view kPrefix = "layers.";
    if (!name.starts_with(kPrefix)) return {};
    const char* const begin = name.data() + kPrefix.size();
    const char* const end = name.data() + name.size();
    ArrayName out;
    const auto [stopped, status] = std::from_chars(begin, end, out.layer);
    if (status != std::errc{} || stopped == end || *stopped != '.' || out.layer < 0) return {};
    // One spelling for each layer: no "007".
    if (std::string_view(begin, static_cast<std::size_t>(stopped - begin)) != std::to_string(out.layer)) return {};
    out.array = std::string(stopped + 1, end);
    return out;
}

std::string name_of(std::int64_t layer, const std::string& array) {
    return "layers." + std::to_string(layer) + "." + array;
}

// The gate's own, not the model's.
bool is_own(GateDimension dimension) {
    return dimension == GateDimension::kGate || dimension == GateDimension::kGateHeads;
}

std::string short_hash(const std::string& sha256) {
    return one_line(sha256, 64).substr(0, 8);
}

}  // namespace

GateFile::GateFile(const std::filesystem::path& path, const std::string& kind, std::vector<GateArray> arrays)
    : file_(open_safetensors(path)), arrays_(std::move(arrays)) {
    located(path.string(), [&] {
        check_metadata(kind);
        for (std::size_t index = 0; index < file_->tensors().size(); ++index) add_tensor(index);
        check_complete();
    });
}

void GateFile::check_metadata(const std::string& kind) const {
    const std::map<std::string, std::string>& metadata = file_->metadata();
    const auto value = [&](const char* key) {
        const auto found = metadata.find(key);
        if (found == metadata.end()) throw broken("its metadata has no " + std::string(key), "__metadata__");
        return found->second;
    };
    if (!metadata.contains("format") || value("format") != kFormat)
        throw broken("is no gate file", "__metadata__", "its metadata has to say format = \"gatescope-gate\"");
    if (const std::string version = value("version"); version != "1" && !version.starts_with("1."))
        throw Failure(FailureKind::kUnsupported, "version " + one_line(version, 40) + " can't be read", "__metadata__",
                      "this program reads versions 1.x");
    if (value("kind") != kind)
        throw broken("holds a gate of the kind " + one_line(value("kind"), 40) + ", not " + kind, "__metadata__");
}

void GateFile::add_tensor(std::size_t index) {
    const TensorInfo& tensor = file_->tensors()[index];
    const std::string name = one_line(tensor.name, 80);
    const ArrayName at = parse_name(tensor.name);
    const auto known =
        std::find_if(arrays_.begin(), arrays_.end(), [&](const GateArray& array) { return array.name == at.array; });
    if (at.layer < 0 || known == arrays_.end()) throw broken("is no array of this kind of gate", name);
    if (tensor.dtype != "F32")
        throw Failure(FailureKind::kUnsupported, "is " + tensor.dtype, name, "gate files hold float32 (F32)");
    if (tensor.shape.size() != known->shape.size())
        throw broken(
            "has " + std::to_string(tensor.shape.size()) + " dimensions, not " + std::to_string(known->shape.size()),
            name);
    for (std::size_t n = 0; n < tensor.shape.size(); ++n) {
        if (tensor.shape[n] < 1) throw broken("is empty", name);
        if (!is_own(known->shape[n])) continue;
        std::int64_t& size = known->shape[n] == GateDimension::kGate ? gate_dim_ : gate_heads_;
        if (size == 0) size = tensor.shape[n];
        if (tensor.shape[n] != size)
            throw broken("is " + std::to_string(tensor.shape[n]) + " wide, others " + std::to_string(size), name);
    }
    layers_[at.layer][at.array] = index;
}

void GateFile::check_complete() const {
    if (layers_.empty()) throw broken("holds no arrays");
    for (const auto& [layer, present] : layers_)
        for (const GateArray& array : arrays_)
            if (!present.contains(array.name)) throw broken("is missing", name_of(layer, array.name));
}

std::size_t GateFile::place(std::int64_t layer, const std::string& array) const {
    const auto found = layers_.find(layer);
    if (found == layers_.end()) throw broken("is missing", file_->path().string() + ": " + name_of(layer, array));
    return found->second.at(array);
}

std::vector<std::int64_t> GateFile::shape(std::int64_t layer, const std::string& array) const {
    return file_->tensors()[place(layer, array)].shape;
}

std::string GateFile::note(const std::string& key) const {
    const auto found = file_->metadata().find(key);
    return found == file_->metadata().end() ? std::string() : found->second;
}

std::vector<float> GateFile::read(std::int64_t layer, const std::string& array) const {
    const std::size_t index = place(layer, array);
    std::vector<float> out(static_cast<std::size_t>(file_->tensors()[index].element_count()));
    file_->read_float32(index, 0, out);
    file_->release(index);
    return out;
}

void GateFile::check(const GateModel& model, const IndexSet& layers, bool any_model) const {
    located(file_->path().string(), [&] {
        check_layers(model.config, layers);
        check_shapes(model.config);
    });
    check_values();
    located(file_->path().string(), [&] {
        const auto trained_on = file_->metadata().find("model_sha256");
        if (!any_model && (trained_on == file_->metadata().end() || trained_on->second != model.sha256))
            throw broken(trained_on == file_->metadata().end()
                             ? "doesn't say which model it was trained on"
                             : "was trained on another model (sha256 " + short_hash(trained_on->second) +
                                   "..., this one is " + short_hash(model.sha256) + "...)",
                         "model_sha256", "add other_model=1 to the gate to use it all the same");
    });
}

void GateFile::check_layers(const ModelConfig& config, const IndexSet& layers) const {
    if (const std::int64_t last = layers_.rbegin()->first; last >= config.n_layers)
        throw broken("the model has only " + std::to_string(config.n_layers) + " layers",
                     name_of(last, arrays_.front().name));
    for (const std::int64_t layer : layers.members(config.n_layers))
        if (!layers_.contains(layer))
            throw broken("is missing", name_of(layer, arrays_.front().name),
                         "name the layers that the file has, as in @" + std::to_string(layers_.begin()->first));
}

void GateFile::check_shapes(const ModelConfig& config) const {
    for (const auto& [layer, present] : layers_)
        for (const GateArray& array : arrays_) {
            const std::vector<std::int64_t>& shape = file_->tensors()[present.at(array.name)].shape;
            for (std::size_t n = 0; n < shape.size(); ++n) {
                if (is_own(array.shape[n])) continue;
                const bool heads = array.shape[n] == GateDimension::kHeads;
                const std::int64_t wanted = heads ? config.n_heads : config.d_model;
                if (shape[n] != wanted)
                    throw broken("is for " + std::to_string(shape[n]) + (heads ? " heads" : " channels") +
                                     ", the model has " + std::to_string(wanted),
                                 name_of(layer, array.name));
            }
        }
}

void GateFile::check_values() const {
    std::vector<float> rows;
    for (std::size_t index = 0; index < file_->tensors().size(); ++index) {
        const TensorInfo& tensor = file_->tensors()[index];
        const auto width = static_cast<std::size_t>(tensor.shape.back());
        const std::int64_t n_rows = tensor.element_count() / tensor.shape.back();
        const auto at_once = static_cast<std::int64_t>(std::max<std::size_t>(1, kValuesAtOnce / width));
        for (std::int64_t row = 0; row < n_rows; row += at_once) {
            rows.resize(static_cast<std::size_t>(std::min(at_once, n_rows - row)) * width);
            file_->read_float32(index, row, rows);
            if (!std::all_of(rows.begin(), rows.end(), [](float value) { return std::isfinite(value); }))
                throw broken("holds values that are not finite", file_->path().string() + ": " + tensor.name);
        }
        file_->release(index);
    }
}

}  // namespace gatescope
