#pragma once
// One family of checkpoints: how its metadata becomes a ModelConfig, and where its files keep each weight.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/checkpoint/checkpoint_reader.h"
#include "model/config.h"
#include "model/families/canonical_tensors.h"

namespace gatescope {

struct ScratchShape;

// Where the rows of a canonical matrix come from in the file.
enum class RowOrder {
    kAsStored,
    // Rotated channels of each head lie in neighbouring pairs (2r, 2r + 1), as llama.cpp stores Llama's q and k; the
    // transformer wants pairs (r, r + rope_dims / 2). Channels beyond rope_dims stay.
    kInterleavedPairs,
    // Stacked matrices lie head by head: all parts of head 0, then all of head 1 (GPT-NeoX's query_key_value).
    kPartsByHead,
};

// How a file keeps a canonical tensor.
struct StoredTensor {
    std::string name;  // plain, see Dialect::plain_name
    RowOrder order = RowOrder::kAsStored;
    std::int64_t part = 0, parts = 1;  // the file's tensor stacks `parts` canonical ones of equal size; this is one
    bool transposed = false;           // the file has [in, out] (GPT-2's Conv1D)
    float added = 0;                   // to every value (Gemma's gains are kept less 1)
    std::string fallback = {};         // taken where the file lacks `name`
};

// How one kind of file (config.json, GGUF) spells a family.
struct Dialect {
    std::string architecture;  // model_type of a config.json, general.architecture of a GGUF
    std::string class_prefix;  // of transformers' classes: "Llama" of LlamaForCausalLM; empty for a GGUF
    // Throws Failure(kBadFile, kUnsupported) naming the key.
    ModelConfig (*read_config)(const CheckpointReader& checkpoint);
    StoredTensor (*stored)(const CanonicalTensor& tensor, const ModelConfig& config);
    // A file's name for a tensor -> the one that stored() uses: prefixes that some files lack, older names.
    std::string (*plain_name)(const std::string& file_name);
    // May a tensor (by plain name) that the recipe doesn't use be left out without changing what the model computes?
    bool (*ignorable)(const std::string& plain_name);
    std::string config_tensor = {};  // a tensor that read_config() takes numbers from, where the file has it
};

// A registry entry.
struct Family {
    std::string id;     // "llama"
    std::string label;  // "Llama"
    std::optional<Dialect> config_json, gguf;
    // A model of that shape, of which n_kv_heads and d_mlp may be 0, and the other sizes are above 0 and within
    // limits.h; nullptr: the family offers none. Throws Failure(kUsage) as scratch_config() does.
    ModelConfig (*scratch)(const ScratchShape& shape, std::int64_t d_vocab) = nullptr;
    // config.json of a model that doesn't come from one: sizes and recipe; nullptr: none is written. Throws
    // Failure(kUnsupported) naming what it can't say.
    nlohmann::json (*hf_config)(const ModelConfig& config) = nullptr;
};

// The file's row (column where transposed) that row `row` of the canonical tensor is.
std::int64_t stored_row(const StoredTensor& stored, std::int64_t row, std::int64_t n_rows, const ModelConfig& config);
// The shape that the file's tensor must have.
std::vector<std::int64_t> stored_shape(const StoredTensor& stored, const CanonicalTensor& tensor);

// One line a family, defined in the family's own file.
Family bert_family();
Family gemma2_family();
Family gpt2_family();
Family gpt_neox_family();
Family llama_family();
Family mistral_family();
Family olmo2_family();
Family qwen2_family();
Family qwen3_family();

}  // namespace gatescope
