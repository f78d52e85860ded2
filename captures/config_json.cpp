#include "captures/config_json.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "model/core/error.h"

namespace gatescope {
namespace {

template <typename Enum>
using Names = std::vector<std::pair<Enum, std::string_view>>;

const Names<NormKind>& names_of(NormKind) {
    static const Names<NormKind> names = {{NormKind::kRms, "rms"}, {NormKind::kLayer, "layer"}};
    return names;
}

const Names<NormPlace>& names_of(NormPlace) {
    static const Names<NormPlace> names = {{NormPlace::kBefore, "before"},
                                           {NormPlace::kAfterSublayer, "after_sublayer"},
                                           {NormPlace::kAround, "around"},
                                           {NormPlace::kAfterResidual, "after_residual"}};
    return names;
}

const Names<QkNorm>& names_of(QkNorm) {
    static const Names<QkNorm> names = {
        {QkNorm::kNone, "none"}, {QkNorm::kHead, "head"}, {QkNorm::kProjection, "projection"}};
    return names;
}

const Names<Activation>& names_of(Activation) {
    static const Names<Activation> names = {{Activation::kSilu, "silu"},
                                            {Activation::kGelu, "gelu"},
                                            {Activation::kGeluTanh, "gelu_tanh"},
                                            {Activation::kRelu, "relu"}};
    return names;
}

const Names<LmHead>& names_of(LmHead) {
    static const Names<LmHead> names = {
        {LmHead::kNone, "none"}, {LmHead::kPlain, "plain"}, {LmHead::kTransform, "transform"}};
    return names;
}

const Names<RopeScaling::Kind>& names_of(RopeScaling::Kind) {
    using Kind = RopeScaling::Kind;
    static const Names<Kind> names = {
        {Kind::kNone, "none"}, {Kind::kLinear, "linear"}, {Kind::kDynamic, "dynamic"}, {Kind::kLlama3, "llama3"}};
    return names;
}

// Calls visit(name, field) for every field that captures have had from the first: one list for both directions.
template <typename Config, typename Visit>
void each_first_field(Config& config, Visit visit) {
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

// The fields that came later: a capture without them is of a plain Llama, as the defaults are.
template <typename Config, typename Visit>
void each_later_field(Config& config, Visit visit) {
    visit("causal", config.causal);
    visit("windowed_layers", config.windowed_layers);
    visit("norm", config.norm);
    visit("norm_place", config.norm_place);
    visit("parallel_residual", config.parallel_residual);
    visit("rope_scaling", config.rope_scaling.kind);
    visit("rope_factor", config.rope_scaling.factor);
    visit("rope_low_frequency_factor", config.rope_scaling.low_frequency_factor);
    visit("rope_high_frequency_factor", config.rope_scaling.high_frequency_factor);
    visit("rope_original_positions", config.rope_scaling.original_positions);
    visit("rope_divisors", config.rope_divisors);
    visit("qk_norm", config.qk_norm);
    visit("attention_softcap", config.attention_softcap);
    visit("qkv_bias", config.qkv_bias);
    visit("attention_out_bias", config.attention_out_bias);
    visit("gated_mlp", config.gated_mlp);
    visit("activation", config.activation);
    visit("mlp_bias", config.mlp_bias);
    visit("embedding_scale", config.embedding_scale);
    visit("n_token_types", config.n_token_types);
    visit("embedding_norm", config.embedding_norm);
    visit("lm_head", config.lm_head);
    visit("unembedding_bias", config.unembedding_bias);
    visit("final_softcap", config.final_softcap);
}

template <typename Value>
nlohmann::ordered_json print(const Value& value) {
    if constexpr (std::is_enum_v<Value>) {
        for (const auto& [known, name] : names_of(value))
            if (known == value) return name;
        throw Failure(FailureKind::kInternal, "a part of a model's recipe without a name");
    } else {
        return value;
    }
}

template <typename Value>
void parse(const nlohmann::json& text, Value& value, const std::string& where) {
    if constexpr (std::is_enum_v<Value>) {
        const auto word = text.get<std::string>();
        const auto& names = names_of(value);
        const auto found = std::find_if(names.begin(), names.end(), [&](const auto& n) { return n.second == word; });
        if (found == names.end())
            throw Failure(FailureKind::kUnsupported, "describes a model with \"" + one_line(word, 40) + "\"", where,
                          "a newer version of this program may know it");
        value = found->first;
    } else {
        text.get_to(value);
    }
}

void check(const ModelConfig& config, const std::string& where) {
    constexpr std::int64_t kMost = 100000;
    if (config.n_layers < 1 || config.n_heads < 1 || config.n_layers > kMost || config.n_heads > kMost)
        throw Failure(FailureKind::kBadFile, "describes a model without layers or heads", where);
    if (!config.windowed_layers.empty() && config.windowed_layers.size() != static_cast<std::size_t>(config.n_layers))
        throw Failure(FailureKind::kBadFile, "lists sliding windows of other layers than the model has", where);
}

}  // namespace

std::string print_config(const ModelConfig& config) {
    nlohmann::ordered_json out;
    const auto visit = [&out](const char* name, const auto& value) { out[name] = print(value); };
    each_first_field(config, visit);
    each_later_field(config, visit);
    return out.dump();
}

ModelConfig parse_config(const std::string& text, const std::string& where) {
    ModelConfig config;
    try {
        const nlohmann::json document = nlohmann::json::parse(text);
        each_first_field(config, [&](const char* name, auto& value) { parse(document.at(name), value, where); });
        each_later_field(config, [&](const char* name, auto& value) {
            if (document.contains(name)) parse(document.at(name), value, where);
        });
    } catch (const nlohmann::json::exception&) {
        throw Failure(FailureKind::kBadFile, "is no description of a model", where);
    }
    check(config, where);
    return config;
}

}  // namespace gatescope
