#include "model/families/families.h"

#include <iterator>
#include <map>
#include <set>

#include "model/checkpoint/byte_cursor.h"
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

const Dialect* dialect_of(const Family& family, MetadataKind kind) {
    const std::optional<Dialect>& dialect = kind == MetadataKind::kGguf ? family.gguf : family.config_json;
    return dialect ? &*dialect : nullptr;
}

// The family that knows a checkpoint, and how the file spells it.
struct Known {
    const Family& family;
    const Dialect& dialect;
};

std::vector<Known> known_to(MetadataKind kind) {
    std::vector<Known> out;
    for (const Family& family : families())
        if (const Dialect* dialect = dialect_of(family, kind)) out.push_back({family, *dialect});
    return out;
}

std::string listed(MetadataKind kind) {
    std::string out;
    for (const auto& [family, dialect] : known_to(kind)) out += (out.empty() ? "" : ", ") + dialect.architecture;
    return "known: " + out;
}

// Of a class in transformers ("LlamaForCausalLM"): its model_type, or empty where no family has it.
std::string model_type_of(const std::string& class_name) {
    for (const auto& [family, dialect] : known_to(MetadataKind::kConfigJson))
        for (const char* kind : {"Model", "LMHeadModel", "ForCausalLM", "ForMaskedLM", "ForPreTraining"})
            if (class_name == dialect.class_prefix + kind) return dialect.architecture;
    return {};
}

// What the file calls itself, or throws when it doesn't say.
std::string architecture_of(const CheckpointReader& checkpoint) {
    const MetadataKind kind = checkpoint.metadata_kind();
    const char* key = kind == MetadataKind::kGguf ? "general.architecture" : "model_type";
    const nlohmann::json& json = checkpoint.metadata();
    if (const auto name = Metadata(json, "").text(key)) return *name;
    if (const auto classes = json.find("architectures"); kind == MetadataKind::kConfigJson && classes != json.end())
        if (classes->is_array() && !classes->empty() && classes->front().is_string())
            if (const auto type = model_type_of(classes->front().get<std::string>()); !type.empty()) return type;
    throw Failure(FailureKind::kBadFile, std::string("the metadata names no architecture (") + key + ")", {},
                  listed(kind));
}

Known family_of(const CheckpointReader& checkpoint) {
    const std::string architecture = architecture_of(checkpoint);
    for (const Known& known : known_to(checkpoint.metadata_kind()))
        if (known.dialect.architecture == architecture) return known;
    throw Failure(FailureKind::kUnsupported, "unknown architecture \"" + one_line(architecture, 60) + "\"", {},
                  listed(checkpoint.metadata_kind()));
}

using Tensors = std::map<std::string, const TensorInfo*>;

// The file's tensors by plain name.
Tensors plainly_named(const CheckpointReader& checkpoint, const Dialect& dialect) {
    Tensors out;
    for (const TensorInfo& info : checkpoint.tensors()) {
        const auto [place, added] = out.emplace(dialect.plain_name(info.name), &info);
        if (!added)
            throw Failure(FailureKind::kBadFile, "tensors " + place->second->name + " and " + info.name +
                                                     " are one and the same weight under two names");
    }
    return out;
}

const TensorInfo* find_stored(const Tensors& tensors, const StoredTensor& stored) {
    auto found = tensors.find(stored.name);
    if (found == tensors.end() && !stored.fallback.empty()) found = tensors.find(stored.fallback);
    return found == tensors.end() ? nullptr : found->second;
}

// Every weight of the model with the file's tensor for it: nullptr where the file has none.
std::vector<BoundTensor> match(const CheckpointReader& checkpoint, const ModelConfig& config, const Dialect& dialect) {
    // Before a list as long as a file may claim is made.
    if (config.n_layers > std::ssize(checkpoint.tensors()))
        throw Failure(FailureKind::kBadFile, "the metadata asks for " + std::to_string(config.n_layers) +
                                                 " layers, and the file has only " +
                                                 std::to_string(checkpoint.tensors().size()) + " tensors");
    const Tensors tensors = plainly_named(checkpoint, dialect);
    std::vector<BoundTensor> out;
    for (CanonicalTensor& tensor : canonical_tensors(config)) {
        StoredTensor stored = dialect.stored(tensor, config);
        // Whoever writes a shared matrix only once may keep the other of its two names.
        if (tensor.weight == Weight::kEmbedding && config.tied_embeddings)
            stored.fallback = dialect.stored({Weight::kUnembedding, -1, {}}, config).name;
        const TensorInfo* const info = find_stored(tensors, stored);
        out.push_back({std::move(tensor), info, std::move(stored)});
    }
    return out;
}

// What is wrong with a tensor's shape; nothing where it is right.
std::optional<std::string> oddity(const BoundTensor& tensor) {
    const std::vector<std::int64_t> wanted = stored_shape(tensor.stored, tensor.canonical);
    const TensorInfo& info = *tensor.info;
    if (info.shape == wanted) return std::nullopt;
    return info.name + " has shape " + print_shape(info.shape) + "; the metadata asks for " + print_shape(wanted);
}

TensorUse use_of(const CheckpointReader& checkpoint, const Dialect& dialect, const std::vector<BoundTensor>& tensors) {
    std::set<const TensorInfo*> used = {checkpoint.find(dialect.config_tensor)};
    std::set<std::string> missed;  // a stacked tensor once, whatever is in it
    TensorUse use;
    for (const BoundTensor& tensor : tensors) {
        if (tensor.info == nullptr) {
            if (missed.insert(tensor.stored.name).second) use.missing.push_back(tensor.stored.name);
        } else if (used.insert(tensor.info).second) {
            if (auto odd = oddity(tensor)) use.odd.push_back(std::move(*odd));
        }
    }
    for (const TensorInfo& info : checkpoint.tensors())
        if (!used.contains(&info)) use.unused.push_back(info.name);
    return use;
}

std::vector<BoundTensor> bind(const CheckpointReader& checkpoint, const ModelConfig& config, const Known& known) {
    const auto& [family, dialect] = known;
    std::vector<BoundTensor> out = match(checkpoint, config, dialect);
    for (const std::string& name : use_of(checkpoint, dialect, out).unused)
        if (!dialect.ignorable(dialect.plain_name(name)))
            throw Failure(FailureKind::kUnsupported, "tensor " + name + " is no part of a plain " + family.label +
                                                         " of " + std::to_string(config.n_layers) + " layers");
    for (const BoundTensor& tensor : out) {
        if (tensor.info == nullptr) throw Failure(FailureKind::kBadFile, "missing tensor " + tensor.stored.name);
        if (const auto odd = oddity(tensor)) throw Failure(FailureKind::kBadFile, "tensor " + *odd);
    }
    return out;
}

// The files that a failure is about.
std::string metadata_place(const CheckpointReader& checkpoint) {
    const auto files = checkpoint.weight_files();
    if (checkpoint.metadata_kind() == MetadataKind::kConfigJson) return (checkpoint.folder() / "config.json").string();
    return files.empty() ? "" : files.front().string();
}

std::string weights_place(const CheckpointReader& checkpoint) {
    const auto files = checkpoint.weight_files();
    return files.size() == 1 ? files.front().string() : checkpoint.folder().string();
}

}  // namespace

const std::vector<Family>& families() {
    static const std::vector<Family> list = {
        gpt2_family(),  gpt_neox_family(), llama_family(), mistral_family(), qwen2_family(),
        qwen3_family(), gemma2_family(),   olmo2_family(), bert_family(),
    };
    return list;
}

ModelConfig read_config(const CheckpointReader& checkpoint) {
    return located(metadata_place(checkpoint), [&] {
        const ModelConfig config = family_of(checkpoint).dialect.read_config(checkpoint);
        check_config(config);
        return config;
    });
}

TensorUse tensor_use(const CheckpointReader& checkpoint) {
    const ModelConfig config = read_config(checkpoint);
    return located(weights_place(checkpoint), [&] {
        const Dialect& dialect = family_of(checkpoint).dialect;
        return use_of(checkpoint, dialect, match(checkpoint, config, dialect));
    });
}

std::vector<BoundTensor> bind_tensors(const CheckpointReader& checkpoint, const ModelConfig& config) {
    return located(weights_place(checkpoint), [&] { return bind(checkpoint, config, family_of(checkpoint)); });
}

}  // namespace gatescope
