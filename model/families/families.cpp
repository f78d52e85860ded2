#include "model/families/families.h"

#include <map>
#include <set>

#include "model/core/error.h"
#include "model/families/check_config.h"
#include "model/families/metadata.h"

namespace gatescope {
namespace {

std::string print_shape(const std::vector<std::int64_t>& shape) {
    std::string out = "[";
    for (const std::int64_t size : shape) out += (out.size() > 1 ? ", " : "") + std::to_string(size);
    return out + "]";
}

std::string known_families() {
    std::string out;
    for (const Family& family : families()) out += (out.empty() ? "" : ", ") + family.id;
    return "known: " + out;
}

// What the file calls itself, or throws when it doesn't say.
std::string architecture_of(const CheckpointReader& checkpoint) {
    const bool gguf = checkpoint.metadata_kind() == MetadataKind::kGguf;
    const char* key = gguf ? "general.architecture" : "model_type";
    if (const auto name = Metadata(checkpoint.metadata(), "").text(key)) return *name;
    throw Failure(FailureKind::kBadFile, std::string("the metadata names no architecture (") + key + ")", {},
                  known_families());
}

const Dialect* dialect_of(const Family& family, MetadataKind kind) {
    const std::optional<Dialect>& dialect = kind == MetadataKind::kGguf ? family.gguf : family.config_json;
    return dialect ? &*dialect : nullptr;
}

// The family that knows a checkpoint, and how the file spells it.
struct Known {
    const Family& family;
    const Dialect& dialect;
};

Known family_of(const CheckpointReader& checkpoint) {
    const std::string architecture = architecture_of(checkpoint);
    for (const Family& family : families())
        if (const Dialect* dialect = dialect_of(family, checkpoint.metadata_kind()))
            if (dialect->architecture == architecture) return {family, *dialect};
    throw Failure(FailureKind::kUnsupported, "unknown architecture \"" + one_line(architecture, 60) + "\"", {},
                  known_families());
}

// The file's tensors by plain name.
std::map<std::string, const TensorInfo*> plainly_named(const CheckpointReader& checkpoint, const Dialect& dialect) {
    std::map<std::string, const TensorInfo*> out;
    for (const TensorInfo& info : checkpoint.tensors()) out.emplace(dialect.plain_name(info.name), &info);
    return out;
}

}  // namespace

const std::vector<Family>& families() {
    static const std::vector<Family> list = {
        llama_family(),
    };
    return list;
}

ModelConfig read_config(const CheckpointReader& checkpoint) {
    const ModelConfig config = family_of(checkpoint).dialect.read_config(checkpoint);
    check_config(config);
    return config;
}

TensorUse tensor_use(const CheckpointReader& checkpoint) {
    const Dialect& dialect = family_of(checkpoint).dialect;
    const ModelConfig config = read_config(checkpoint);
    std::map<std::string, const TensorInfo*> left = plainly_named(checkpoint, dialect);
    std::set<std::string> used;
    TensorUse use;
    for (const CanonicalTensor& tensor : canonical_tensors(config)) {
        const std::string name = dialect.stored(tensor, config).name;
        if (left.erase(name) > 0) used.insert(name);
        if (!used.contains(name)) use.missing.push_back(name);
    }
    for (const TensorInfo& info : checkpoint.tensors())
        if (left.contains(dialect.plain_name(info.name))) use.unused.push_back(info.name);
    return use;
}

std::vector<BoundTensor> bind_tensors(const CheckpointReader& checkpoint, const ModelConfig& config) {
    const auto [family, dialect] = family_of(checkpoint);
    for (const std::string& name : tensor_use(checkpoint).unused)
        if (!dialect.ignorable(dialect.plain_name(name)))
            throw Failure(FailureKind::kUnsupported, "tensor " + name + " is no part of a plain " + family.label +
                                                         " of " + std::to_string(config.n_layers) + " layers");
    const std::map<std::string, const TensorInfo*> tensors = plainly_named(checkpoint, dialect);
    std::vector<BoundTensor> out;
    for (CanonicalTensor& tensor : canonical_tensors(config)) {
        StoredTensor stored = dialect.stored(tensor, config);
        const auto found = tensors.find(stored.name);
        if (found == tensors.end()) throw Failure(FailureKind::kBadFile, "missing tensor " + stored.name);
        const TensorInfo* info = found->second;
        const std::vector<std::int64_t> wanted = stored_shape(stored, tensor);
        if (info->shape != wanted)
            throw Failure(FailureKind::kBadFile, "tensor " + info->name + " has shape " + print_shape(info->shape), {},
                          "the metadata asks for " + print_shape(wanted));
        out.push_back({std::move(tensor), info, std::move(stored)});
    }
    return out;
}

}  // namespace gatescope
