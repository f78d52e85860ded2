#include "captures/config_json.h"

#include <nlohmann/json.hpp>

#include "model/core/error.h"

namespace gatescope {
namespace {

// Calls visit(name, field) for every field: one list for both directions.
template <typename Config, typename Visit>
void each_field(Config& config, Visit visit) {
    visit("family", config.family);
    visit("n_layers", config.n_layers);
    visit("n_heads", config.n_heads);
    visit("n_kv_heads", config.n_kv_heads);
    visit("d_model", config.d_model);
    visit("d_head", config.d_head);
    visit("d_mlp", config.d_mlp);
    visit("d_vocab", config.d_vocab);
    visit("n_ctx", config.n_ctx);
    visit("sliding_window", config.sliding_window);
    visit("norm_epsilon", config.norm_epsilon);
    visit("rope_base", config.rope_base);
    visit("rope_dims", config.rope_dims);
    visit("attention_scale", config.attention_scale);
    visit("tied_embeddings", config.tied_embeddings);
    visit("learned_positions", config.learned_positions);
}

}  // namespace

std::string print_config(const ModelConfig& config) {
    nlohmann::ordered_json out;
    each_field(config, [&out](const char* name, const auto& value) { out[name] = value; });
    return out.dump();
}

ModelConfig parse_config(const std::string& text, const std::string& where) {
    ModelConfig config;
    try {
        const nlohmann::json document = nlohmann::json::parse(text);
        each_field(config, [&document](const char* name, auto& value) { document.at(name).get_to(value); });
    } catch (const nlohmann::json::exception&) {
        throw Failure(FailureKind::kBadFile, "is no description of a model", where);
    }
    constexpr std::int64_t kMost = 100000;
    if (config.n_layers < 1 || config.n_heads < 1 || config.n_layers > kMost || config.n_heads > kMost)
        throw Failure(FailureKind::kBadFile, "describes a model without layers or heads", where);
    return config;
}

}  // namespace gatescope
