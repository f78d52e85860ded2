#include "model/families/scratch.h"

#include <utility>

#include "model/core/closest_match.h"
#include "model/core/error.h"
#include "model/families/check_config.h"
#include "model/families/families.h"
#include "model/families/limits.h"

namespace gatescope {
namespace {

void check_size(const char* field, std::int64_t value, std::int64_t least, std::int64_t most) {
    if (value < least || value > most)
        throw Failure(FailureKind::kUsage, std::to_string(value) + " is out of range", field,
                      std::to_string(least) + " to " + std::to_string(most) + " are allowed");
}

void check_shape(const ScratchShape& shape, std::int64_t d_vocab) {
    check_size("n_layers", shape.n_layers, 1, kMostLayers);
    check_size("n_heads", shape.n_heads, 1, kMostWidth);
    check_size("n_kv_heads", shape.n_kv_heads, 0, kMostWidth);
    check_size("d_model", shape.d_model, 1, kMostWidth);
    check_size("d_mlp", shape.d_mlp, 0, kMostWidth);
    check_size("n_ctx", shape.n_ctx, 1, kMostLearnedPositions);
    check_size("d_vocab", d_vocab, 1, kMostVocab);
    if (shape.d_model % shape.n_heads != 0)
        throw Failure(FailureKind::kUsage,
                      std::to_string(shape.d_model) + " doesn't divide into " + std::to_string(shape.n_heads) +
                          " heads (n_heads)",
                      "d_model", "a multiple of n_heads is allowed");
}

}  // namespace

ModelConfig scratch_config(const ScratchShape& shape, std::int64_t d_vocab) {
    for (const Family& family : families()) {
        if (family.id != shape.family || family.scratch == nullptr) continue;
        check_shape(shape, d_vocab);
        ModelConfig config = family.scratch(shape, d_vocab);
        check_config(config);
        return config;
    }
    throw Failure(FailureKind::kUsage, "no models of \"" + one_line(shape.family, 40) + "\" begin here", "family",
                  suggestion(shape.family, scratch_families()));
}

const std::vector<std::string>& scratch_families() {
    static const std::vector<std::string> ids = [] {
        std::vector<std::string> out;
        for (const Family& family : families())
            if (family.scratch != nullptr) out.push_back(family.id);
        return out;
    }();
    return ids;
}

}  // namespace gatescope
