#include "model/tokenizer/gguf_tokenizer.h"

#include <nlohmann/json.hpp>

#include "model/core/error.h"
#include "model/core/registry.h"
#include "model/tokenizer/gguf_keys.h"

namespace gatescope {
namespace {

constexpr char kModel[] = "tokenizer.ggml.model";
constexpr char kEosId[] = "tokenizer.ggml.eos_token_id";

// BERT's end their texts by themselves.
void add_eos(const GgufKeys& keys, PipelineParts& parts) {
    if (!parts.ends.after.empty() || !keys.flag("tokenizer.ggml.add_eos_token", false)) return;
    const auto eos = keys.id(kEosId, parts.vocabulary->size());
    if (!eos) throw Failure(FailureKind::kNotFound, "the metadata lack this key", kEosId);
    parts.ends.after = {*eos};
}

}  // namespace

// One function for each kind, in a file of its own.
PipelineParts make_gguf_bpe(const nlohmann::json& metadata);
PipelineParts make_gguf_sentencepiece(const nlohmann::json& metadata);
PipelineParts make_gguf_word_piece(const nlohmann::json& metadata);

const std::vector<GgufTokenizerKind>& gguf_tokenizer_kinds() {
    static const std::vector<GgufTokenizerKind> kKinds = {
        {"gpt2", make_gguf_bpe},
        {"llama", make_gguf_sentencepiece},
        {"bert", make_gguf_word_piece},
    };
    return kKinds;
}

bool has_gguf_tokenizer(const nlohmann::json& metadata) {
    return metadata.contains(kModel);
}

PipelineParts make_gguf_tokenizer(const nlohmann::json& metadata) {
    const std::string& id = GgufKeys(metadata).string(kModel);
    const GgufTokenizerKind* kind = nullptr;
    try {
        kind = &find_entry(gguf_tokenizer_kinds(), id, "kind of tokenizer", FailureKind::kUnsupported);
    } catch (const Failure& failure) {
        throw failure.at(kModel);
    }
    PipelineParts parts = kind->make(metadata);
    add_eos(GgufKeys(metadata), parts);
    return parts;
}

}  // namespace gatescope
