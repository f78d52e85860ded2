#include "tests/support/scratch_models.h"

#include <random>

namespace gatescope {
namespace {

// Large enough that attention is far from uniform; gains around 1.
std::vector<float> drawn(const CanonicalTensor& tensor, std::mt19937& bits) {
    std::size_t count = 1;
    for (const std::int64_t size : tensor.shape) count *= static_cast<std::size_t>(size);
    const bool gain = tensor.weight == Weight::kAttentionNorm || tensor.weight == Weight::kMlpNorm ||
                      tensor.weight == Weight::kFinalNorm;
    std::vector<float> out(count);
    for (float& value : out)
        value = (gain ? 1.0F : 0.0F) + static_cast<float>(static_cast<double>(bits()) / 0x1p32 - 0.5);
    return out;
}

ScratchModel model_of(const std::string& name, const ScratchShape& shape, std::uint32_t seed) {
    constexpr std::int64_t kVocab = 64;
    ScratchModel out{name, scratch_config(shape, kVocab), {}};
    std::mt19937 bits(seed);
    for (const CanonicalTensor& tensor : canonical_tensors(out.config)) out.values.push_back(drawn(tensor, bits));
    return out;
}

}  // namespace

std::vector<TensorValues> ScratchModel::borrowed() const {
    std::vector<TensorValues> out;
    for (CanonicalTensor& tensor : canonical_tensors(config)) {
        const std::vector<float>& of = values[out.size()];
        out.push_back({std::move(tensor), of});
    }
    return out;
}

std::vector<ScratchModel> scratch_models() {
    ScratchShape gpt2{.family = "gpt2", .n_layers = 2, .n_heads = 3, .d_model = 12, .d_mlp = 20, .n_ctx = 24};
    ScratchShape llama{
        .family = "llama", .n_layers = 2, .n_heads = 4, .n_kv_heads = 2, .d_model = 16, .d_mlp = 18, .n_ctx = 24};
    std::vector<ScratchModel> out = {model_of("gpt2", gpt2, 1), model_of("llama", llama, 2)};
    gpt2.tied_embeddings = llama.tied_embeddings = true;
    out.push_back(model_of("gpt2_tied", gpt2, 3));
    out.push_back(model_of("llama_tied", llama, 4));
    return out;
}

void write_scratch_model(const std::filesystem::path& folder, const ScratchModel& model) {
    std::filesystem::create_directories(folder);
    write_hf_model(folder, model.config, hf_config_text(model.config, nullptr), model.borrowed());
}

}  // namespace gatescope
