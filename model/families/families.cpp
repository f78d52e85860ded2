#include "model/families/families.h"

#include <set>

#include "model/core/error.h"
#include "model/core/registry.h"
#include "model/families/check_config.h"
#include "model/families/metadata.h"

namespace gatescope {
namespace {

std::string print_shape(const std::vector<std::int64_t>& shape) {
    std::string out = "[";
    for (const std::int64_t size : shape) out += (out.size() > 1 ? ", " : "") + std::to_string(size);
    return out + "]";
}

std::string known_architectures() {
    std::string out;
    for (const Family& family : families()) out += (out.empty() ? "" : ", ") + family.architecture;
    return out;
}

// What the file calls itself, or throws when it doesn't say.
std::string architecture_of(const CheckpointReader& checkpoint) {
    for (const char* key : {"general.architecture", "model_type"})
        if (const auto name = Metadata(checkpoint.metadata(), "").text(key)) return *name;
    throw Failure(FailureKind::kBadFile, "the metadata names no architecture", {}, "known: " + known_architectures());
}

}  // namespace

std::int64_t stored_row(RowOrder order, std::int64_t row, std::int64_t d_head, std::int64_t rope_dims) {
    if (order == RowOrder::kAsStored) return row;
    const std::int64_t head_begin = row - row % d_head, channel = row % d_head, half = rope_dims / 2;
    if (channel >= rope_dims) return row;
    return head_begin + (channel < half ? 2 * channel : 2 * (channel - half) + 1);
}

const std::vector<Family>& families() {
    static const std::vector<Family> list = {
        llama_family(),
    };
    return list;
}

const Family& family_of(const CheckpointReader& checkpoint) {
    for (const Family& family : families())
        if (family.detect(checkpoint)) return family;
    throw Failure(FailureKind::kUnsupported, "unknown architecture \"" + architecture_of(checkpoint) + "\"", {},
                  "known: " + known_architectures());
}

ModelConfig read_config(const CheckpointReader& checkpoint) {
    const ModelConfig config = family_of(checkpoint).read_config(checkpoint);
    check_config(config);
    return config;
}

TensorUse tensor_use(const CheckpointReader& checkpoint) {
    const Family& family = family_of(checkpoint);
    std::set<std::string> wanted;
    TensorUse use;
    for (const CanonicalTensor& tensor : canonical_tensors(read_config(checkpoint))) {
        const std::string name = family.stored(tensor).name;
        wanted.insert(name);
        if (checkpoint.find(name) == nullptr) use.missing.push_back(name);
    }
    for (const TensorInfo& info : checkpoint.tensors())
        if (!wanted.contains(info.name)) use.unused.push_back(info.name);
    return use;
}

std::vector<BoundTensor> bind_tensors(const CheckpointReader& checkpoint, const ModelConfig& config) {
    const Family& family = find_entry(families(), config.family, "family");
    for (const std::string& name : tensor_use(checkpoint).unused)
        if (!family.ignorable(name))
            throw Failure(FailureKind::kUnsupported, "tensor " + name + " is no part of a plain " + family.label +
                                                         " of " + std::to_string(config.n_layers) + " layers");
    std::vector<BoundTensor> out;
    for (CanonicalTensor& tensor : canonical_tensors(config)) {
        const StoredTensor stored = family.stored(tensor);
        const TensorInfo* info = checkpoint.find(stored.name);
        if (info == nullptr) throw Failure(FailureKind::kBadFile, "missing tensor " + stored.name);
        if (info->shape != tensor.shape)
            throw Failure(FailureKind::kBadFile, "tensor " + stored.name + " has shape " + print_shape(info->shape), {},
                          "the metadata asks for " + print_shape(tensor.shape));
        out.push_back({std::move(tensor), info, stored.order});
    }
    return out;
}

}  // namespace gatescope
