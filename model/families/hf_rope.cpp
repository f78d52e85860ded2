#include "model/families/hf_rope.h"

#include <optional>

#include "model/core/error.h"
#include "model/families/limits.h"

namespace gatescope {
namespace {

[[noreturn]] void refuse(const std::string& what) {
    throw Failure(FailureKind::kUnsupported, what, {}, "known: default, linear, dynamic, llama3");
}

std::string kind_of(const Metadata& rope) {
    if (const auto kind = rope.text("rope_type")) return *kind;
    return rope.text("type").value_or("default");  // before transformers 4.43
}

// Positions the model was trained on before its frequencies were changed.
std::int64_t original_positions(const Metadata& json, const Metadata& rope, const ModelConfig& config) {
    const std::string key = "original_max_position_embeddings";
    const Metadata& stated = json.has(key) ? json : rope;
    return stated.integer_or(key, 1, kMostPositions, config.n_ctx);
}

RopeScaling read_scaling(const Metadata& json, const Metadata& rope, const ModelConfig& config) {
    const std::string kind = kind_of(rope);
    if (rope.has("mrope_section")) refuse("RoPE of several axes (" + rope.name_of("mrope_section") + ")");
    RopeScaling out;
    if (kind == "default") return out;
    if (kind == "linear") {
        out.kind = RopeScaling::Kind::kLinear;
    } else if (kind == "dynamic") {
        out.kind = RopeScaling::Kind::kDynamic;
        out.original_positions = config.n_ctx;
    } else if (kind == "llama3") {
        out.kind = RopeScaling::Kind::kLlama3;
        out.low_frequency_factor = rope.positive("low_freq_factor", kMostFactor);
        out.high_frequency_factor = rope.positive("high_freq_factor", kMostFactor);
        out.original_positions = original_positions(json, rope, config);
    } else {
        refuse("RoPE scaling \"" + one_line(kind, 40) + "\" (" + rope.name_of("rope_type") + ")");
    }
    out.factor = rope.positive("factor", kMostFactor);
    return out;
}

void refuse_nested(const Metadata& rope) {
    for (const char* layers : {"full_attention", "sliding_attention"})
        if (rope.has(layers)) refuse("RoPE of its own for some layers (" + rope.name_of(layers) + ")");
}

}  // namespace

void read_hf_rope(const Metadata& json, const HfRopeKeys& keys, ModelConfig& config) {
    std::optional<Metadata> rope = json.section("rope_scaling");
    if (!rope) rope = json.section("rope_parameters");
    double base = json.positive_or(keys.base, kMostBase, 10000.0);
    double part = json.positive_or(keys.part, 1.0, keys.part_otherwise);
    if (rope) {
        refuse_nested(*rope);
        base = rope->positive_or("rope_theta", kMostBase, base);
        part = rope->positive_or("partial_rotary_factor", 1.0, part);
        config.rope_scaling = read_scaling(json, *rope, config);
    }
    config.rope_base = base;
    config.rope_dims = static_cast<std::int64_t>(static_cast<double>(config.d_head) * part);
    if (part != 1.0 && keys.part_otherwise == 1.0) refuse("RoPE over a part of each head (partial_rotary_factor)");
}

}  // namespace gatescope
