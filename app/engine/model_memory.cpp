// D d_model, M d_mlp, V d_vocab, Q n_heads * d_head, K n_kv_heads * d_head, T tokens of a window. In float64: a file
// may claim any size.
#include "app/engine/model_memory.h"

#include <algorithm>

#include "model/transformer/attention.h"
#include "model/transformer/device.h"
#include "model/transformer/weights.h"

namespace gatescope {
namespace {

constexpr double kFloat = 4;
constexpr double kLogitRows = 128;                       // of a window, held at once
constexpr double kMostKeptBytes = 1024.0 * 1024 * 1024;  // q and k of all layers, up to here
constexpr double kScoreBuffers = 4;                      // scores, pattern, and what a gate ranks them with
constexpr double kLibraryBytes = 64.0 * 1024 * 1024;     // scratch of the kernels, whatever the model
constexpr double kMostBytes = 1e18;

struct Widths {
    explicit Widths(const ModelConfig& config)
        : d(static_cast<double>(config.d_model)),
          m(static_cast<double>(config.d_mlp)),
          v(static_cast<double>(config.d_vocab)),
          q(static_cast<double>(config.n_heads) * static_cast<double>(config.d_head)),
          k(static_cast<double>(config.n_kv_heads) * static_cast<double>(config.d_head)) {}
    double d, m, v, q, k;
};

// What is read whole before it is put in place: a layer's largest matrix. The unembedding goes first, so that it counts
// by what it outgrows all others.
double staging_bytes(const Widths& width, double value, double weights) {
    const double layer = std::max(width.m, width.q + 2 * width.k) * width.d * value;
    return std::max(layer, 2 * width.v * width.d * value - weights);
}

// What a token takes in the layer at work: residual streams and the normalised one; then q, k, v as multiplied, rotated
// and in float32 with the output, or the MLP's two halves.
double token_bytes(const ModelConfig& config, const Widths& width, double value) {
    const double heads = width.q + 2 * width.k;
    const double attention = 2 * heads * value + (heads + 2 * width.q) * kFloat;
    const double mlp = (config.gated_mlp ? 2 : 1) * width.m * value;
    return 4 * width.d * value + std::max(attention, mlp);
}

// q and k of dense and two gates, for the maps of the window that is shown; of one layer where all would be too much.
double kept_bytes(const ModelConfig& config, const Widths& width, double tokens) {
    const double layer = tokens * (3 * (width.q + width.k) + 2 * width.d) * kFloat;
    const double all = static_cast<double>(config.n_layers) * layer;
    return all <= kMostKeptBytes ? all : layer;
}

// The map that is shown and the one that takes its place, each a float and two flags a cell.
double map_bytes(const ModelConfig& config, const Widths& width, std::int64_t length) {
    const auto tokens = static_cast<double>(length);
    return kept_bytes(config, width, tokens) + 2 * tokens * tokens * (kFloat + 2);
}

double window_bytes(const ModelConfig& config, const Widths& width, double value, std::int64_t length) {
    const auto tokens = static_cast<double>(length), heads = static_cast<double>(config.n_heads);
    const bool plain = heads * tokens < 1e12;  // block_queries() counts bytes in 64 bits
    const double queries = plain ? static_cast<double>(block_queries(config.n_heads, length)) : 1;
    const double scores = kScoreBuffers * queries * heads * tokens * kFloat;
    const double logits = std::min(tokens, kLogitRows) * width.v * (value + kFloat);
    return tokens * token_bytes(config, width, value) + scores + logits;
}

}  // namespace

MemoryNeeds memory_needs(const ModelConfig& config, const MemoryWish& wish) {
    const bool half = wish.dtype == "bfloat16";
    const Widths width(config);
    const double value = half ? 2 : kFloat;
    const std::uint64_t weights = weight_bytes(config, half ? at::kBFloat16 : at::kFloat);
    const double staging = staging_bytes(width, value, static_cast<double>(weights));
    const double working = kLibraryBytes + std::max(staging, window_bytes(config, width, value, wish.window_length)) +
                           (wish.maps ? map_bytes(config, width, wish.window_length) : 0);
    return {weights, static_cast<std::uint64_t>(std::min(working, kMostBytes))};
}

MemoryThere memory_there(const std::string& device) {
    const at::Device parsed = parse_device(device);
    return {parsed.str(), available_memory(parsed), 0};
}

}  // namespace gatescope
