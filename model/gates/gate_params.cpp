#include "model/gates/gate_params.h"

namespace gatescope {
namespace {

constexpr double kMostKeys = 1 << 20;

std::int64_t integer_or_zero(const ParamValues& values, const std::string& key) {
    return values.contains(key) ? integer(values, key) : 0;
}

}  // namespace

ParamSpec keys_param() {
    return {.key = "k",
            .label = "Keys k",
            .help = "How many keys each query may use.",
            .initial = std::int64_t{64},
            .least = 1,
            .most = kMostKeys,
            .required = true,
            .logarithmic = true};
}

ParamSpec sinks_param() {
    return {.key = "sinks",
            .label = "Sinks",
            .help = "The first tokens of the window that every query keeps.",
            .initial = std::int64_t{0},
            .least = 0,
            .most = kMostKeys,
            .logarithmic = true};
}

ParamSpec local_param(std::int64_t initial) {
    return {.key = "local",
            .label = "Local keys",
            .help = "The last keys that every query keeps, its own included.",
            .initial = initial,
            .least = 0,
            .most = kMostKeys,
            .logarithmic = true};
}

ParamSpec seed_param() {
    return {.key = "seed",
            .label = "Seed",
            .help = "Which random draw; the same seed gives the same keys on every device.",
            .initial = std::int64_t{0},
            .least = 0,
            .most = 4294967295.0};
}

ParamSpec file_param() {
    return {.key = "file",
            .label = "Gate file",
            .help = "The safetensors file that holds the trained gate.",
            .kind = ParamKind::kFile,
            .initial = std::string(),
            .required = true};
}

ParamSpec rope_param() {
    return {.key = "rope",
            .label = "Rotate",
            .help = "Rotates the gate's queries and keys by their positions, as RoPE does.",
            .kind = ParamKind::kFlag,
            .initial = false};
}

ParamSpec other_model_param() {
    return {.key = "other_model",
            .label = "Any model",
            .help = "Takes a gate that was trained on another model of the same shape.",
            .kind = ParamKind::kFlag,
            .initial = false};
}

std::int64_t sinks_of(const ParamValues& values) {
    return integer_or_zero(values, "sinks");
}

std::int64_t local_of(const ParamValues& values) {
    return integer_or_zero(values, "local");
}

}  // namespace gatescope
