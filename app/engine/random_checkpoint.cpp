#include "app/engine/random_checkpoint.h"

#include <algorithm>
#include <bit>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "model/core/error.h"
#include "model/families/family.h"

namespace gatescope {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBufferValues = std::size_t{1} << 18;
constexpr double kMegabyte = 1e6;

std::uint64_t element_count(const CanonicalTensor& tensor) {
    std::uint64_t count = 1;
    for (const std::int64_t size : tensor.shape) count *= static_cast<std::uint64_t>(size);
    return count;
}

std::uint64_t element_count(const ModelConfig& config) {
    std::uint64_t count = 0;
    for (const CanonicalTensor& tensor : canonical_tensors(config)) count += element_count(tensor);
    return count;
}

// The proportions of a Llama of a few hundred million parameters; the size decides on the layers.
ModelConfig config_of(const RandomCheckpointSpec& spec) {
    ModelConfig config;
    config.n_heads = config.n_kv_heads = 16;
    config.d_model = 1024;
    config.d_head = config.rope_dims = 64;
    config.d_mlp = 2816;
    config.d_vocab = 32000;
    config.tied_embeddings = spec.tied;
    const std::uint64_t wanted = spec.size_bytes / (spec.bfloat16 ? 2 : 4);
    config.n_layers = 1;
    const std::uint64_t one = element_count(config);
    config.n_layers = 2;
    const std::uint64_t layer = element_count(config) - one;
    config.n_layers = 1 + static_cast<std::int64_t>(wanted > one ? (wanted - one) / layer : 0);
    return config;
}

nlohmann::json config_json(const ModelConfig& config) {
    return {{"model_type", "llama"},
            {"hidden_size", config.d_model},
            {"intermediate_size", config.d_mlp},
            {"num_hidden_layers", config.n_layers},
            {"num_attention_heads", config.n_heads},
            {"num_key_value_heads", config.n_kv_heads},
            {"vocab_size", config.d_vocab},
            {"max_position_embeddings", 2048},
            {"rms_norm_eps", 1e-5},
            {"hidden_act", "silu"},
            {"tie_word_embeddings", config.tied_embeddings}};
}

class Writer {
  public:
    Writer(const fs::path& path, bool bfloat16)
        : path_(path),
          file_(path, std::ios::binary),
          bfloat16_(bfloat16),
          floats_(kBufferValues),
          halves_(kBufferValues) {}

    void raw(const void* bytes, std::size_t size) {
        file_.write(static_cast<const char*>(bytes), static_cast<std::streamsize>(size));
        if (!file_) throw Failure(FailureKind::kOutput, "can't be written; is the disk full?", path_.string());
    }

    void values(std::uint64_t count) {
        for (std::uint64_t done = 0; done < count; done += kBufferValues) {
            const std::size_t size = static_cast<std::size_t>(std::min<std::uint64_t>(count - done, kBufferValues));
            for (std::size_t n = 0; n < size; ++n) floats_[n] = next();
            for (std::size_t n = 0; bfloat16_ && n < size; ++n)
                halves_[n] = static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(floats_[n]) >> 16);
            raw(bfloat16_ ? static_cast<const void*>(halves_.data()) : floats_.data(), size * (bfloat16_ ? 2 : 4));
        }
    }

  private:
    // Uniform in +-0.03 (xorshift64, Marsaglia 2003): good enough to load, and to run a forward.
    float next() {
        state_ ^= state_ << 13;
        state_ ^= state_ >> 7;
        state_ ^= state_ << 17;
        return (static_cast<float>(state_ >> 40) * 0x1p-24F - 0.5F) * 0.06F;
    }

    fs::path path_;
    std::ofstream file_;
    bool bfloat16_;
    std::uint64_t state_ = 4;
    std::vector<float> floats_;
    std::vector<std::uint16_t> halves_;
};

void write_weights(const fs::path& path, const ModelConfig& config, bool bfloat16, JobContext& job) {
    const auto tensors = canonical_tensors(config);
    const Dialect dialect = *llama_family().config_json;
    nlohmann::ordered_json header;
    std::uint64_t offset = 0;
    for (const CanonicalTensor& tensor : tensors) {
        const std::uint64_t end = offset + element_count(tensor) * (bfloat16 ? 2 : 4);
        header[dialect.stored(tensor, config).name] = {
            {"dtype", bfloat16 ? "BF16" : "F32"}, {"shape", tensor.shape}, {"data_offsets", {offset, end}}};
        offset = end;
    }
    job.begin("Making random weights", "MB", static_cast<double>(offset) / kMegabyte);
    Writer writer(path, bfloat16);
    const std::string text = header.dump();
    const std::uint64_t size = text.size();
    writer.raw(&size, sizeof size);
    writer.raw(text.data(), text.size());
    double done = 0;
    for (const CanonicalTensor& tensor : tensors) {
        writer.values(element_count(tensor));
        job.tick(done += static_cast<double>(element_count(tensor)) * (bfloat16 ? 2 : 4) / kMegabyte);
    }
}

}  // namespace

RandomCheckpoint::RandomCheckpoint(const RandomCheckpointSpec& spec, JobContext& job) {
    const ModelConfig config = config_of(spec);
    std::ofstream(folder() / "config.json") << config_json(config).dump(2) << "\n";
    write_weights(weights(), config, spec.bfloat16, job);
}

}  // namespace gatescope
