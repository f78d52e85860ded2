#include "model/tokenizer/gguf_tokenizer.h"

#include <nlohmann/json.hpp>

#include "model/core/error.h"
#include "model/core/registry.h"
#include "model/tokenizer/gguf_keys.h"

namespace gatescope {
namespace {

constexpr char kModel[] = "tokenizer.ggml.model";

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
    return kind->make(metadata);
}

}  // namespace gatescope
