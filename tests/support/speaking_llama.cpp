#include "tests/support/speaking_llama.h"

#include "tests/support/small_vocabulary.h"

namespace gatescope {
namespace {

void add(GgufBuilder& builder, const std::string& key, const nlohmann::json& value) {
    if (value.is_boolean())
        builder.add_bool(key, value.get<bool>());
    else if (value.is_number())
        builder.add_u32(key, value.get<std::uint32_t>());
    else if (value.is_string())
        builder.add_string(key, value.get<std::string>());
    else if (!value.empty() && value.front().is_string())
        builder.add_array_string(key, value.get<std::vector<std::string>>());
    else
        builder.add_array_i32(key, value.get<std::vector<std::int32_t>>());
}

}  // namespace

GgufBuilder speaking_llama(TinyLlama model) {
    const nlohmann::json vocabulary = small_metadata();
    model.d_vocab = static_cast<std::uint32_t>(vocabulary.at("tokenizer.ggml.tokens").size());
    GgufBuilder builder = tiny_llama(model);
    for (const auto& [key, value] : vocabulary.items()) add(builder, key, value);
    return builder;
}

}  // namespace gatescope
