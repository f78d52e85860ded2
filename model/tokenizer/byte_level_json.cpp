#include "model/tokenizer/byte_level_json.h"

#include <nlohmann/json.hpp>
#include <unordered_map>

#include "model/core/error.h"
#include "model/core/registry.h"
#include "model/tokenizer/pre_tokenizer_patterns.h"

namespace gatescope {
namespace {

using Json = nlohmann::ordered_json;  // transformers lists fields so, and vocabularies by id

Json byte_level(bool cuts) {
    return {{"type", "ByteLevel"}, {"add_prefix_space", false}, {"trim_offsets", true}, {"use_regex", cuts}};
}

Json pre_tokenizer_of(const std::string& pre) {
    const auto pattern_of = [](const std::string& id) {
        return find_entry(pre_tokenizer_patterns(), id, "way of cutting text", FailureKind::kUnsupported).pattern;
    };
    const std::string pattern = pattern_of(pre);
    if (pattern == pattern_of("gpt-2")) return byte_level(true);
    Json first = {{"type", "Digits"}, {"individual_digits", true}};
    const bool by_regex = pattern != pattern_of("smollm");
    if (by_regex) {
        const char* const id = pattern == pattern_of("qwen2") ? "qwen2" : "llama-bpe";
        if (pattern != pattern_of(id))
            throw Failure(FailureKind::kUnsupported, "is not known as a tokenizer.json's regex", pre);
        first = {
            {"type", "Split"}, {"pattern", {{"Regex", regex_of(id)}}}, {"behavior", "Isolated"}, {"invert", false}};
    }
    return {{"type", "Sequence"}, {"pretokenizers", Json::array({first, byte_level(!by_regex)})}};
}

const std::string& token(const ByteLevelJson& parts, std::int32_t id) {
    return parts.tokens[static_cast<std::size_t>(id)];
}

// The template that puts ids around a text; GPT-2's own stage, which puts none, where there are none.
Json post_processor_of(const ByteLevelJson& parts) {
    if (parts.front.empty() && parts.back.empty()) return byte_level(true);
    Json single = Json::array(), pair = Json::array(), specials = Json::object();
    const auto add = [&](const std::vector<std::int32_t>& ids, int type) {
        for (const std::int32_t id : ids) {
            const std::string& name = token(parts, id);
            const Json piece = {{"SpecialToken", {{"id", name}, {"type_id", type}}}};
            if (type == 0) single.push_back(piece);
            pair.push_back(piece);
            specials[name] = {{"id", name}, {"ids", Json::array({id})}, {"tokens", Json::array({name})}};
        }
    };
    add(parts.front, 0);
    single.push_back({{"Sequence", {{"id", "A"}, {"type_id", 0}}}});
    pair.push_back(single.back());
    add(parts.back, 0);
    add(parts.front, 1);
    pair.push_back({{"Sequence", {{"id", "B"}, {"type_id", 1}}}});
    add(parts.back, 1);
    return {{"type", "TemplateProcessing"}, {"single", single}, {"pair", pair}, {"special_tokens", specials}};
}

Json added_tokens_of(const ByteLevelJson& parts) {
    Json added = Json::array();
    for (const std::int32_t id : parts.specials)
        added.push_back({{"id", id},
                         {"content", token(parts, id)},
                         {"single_word", false},
                         {"lstrip", false},
                         {"rstrip", false},
                         {"normalized", false},
                         {"special", true}});
    return added;
}

// An ordered_json object looks through all its keys for each new one.
std::string vocabulary_text(const std::vector<std::string>& tokens) {
    std::unordered_map<std::string_view, std::size_t> last;
    for (std::size_t id = 0; id < tokens.size(); ++id) last[tokens[id]] = id;
    std::string out;
    for (std::size_t id = 0; id < tokens.size(); ++id) {
        if (last.at(tokens[id]) != id) continue;
        out += out.empty() ? "{" : ",";
        out += Json(tokens[id]).dump() + ":" + std::to_string(id);
    }
    return out + "}";
}

std::string model_text(const ByteLevelJson& parts) {
    Json merges = Json::array();
    for (const auto& [left, right] : parts.merges) merges.push_back(Json::array({left, right}));
    return R"({"type":"BPE","dropout":null,"unk_token":null,"continuing_subword_prefix":null,"end_of_word_suffix":null,)"
           R"("fuse_unk":false,"byte_fallback":false,"ignore_merges":false,"vocab":)" +
           vocabulary_text(parts.tokens) + ",\"merges\":" + merges.dump() + "}";
}

std::string tokenizer_json(const ByteLevelJson& parts) {
    return R"({"version":"1.0","truncation":null,"padding":null,"added_tokens":)" + added_tokens_of(parts).dump() +
           R"(,"normalizer":null,"pre_tokenizer":)" + pre_tokenizer_of(parts.pre).dump() + R"(,"post_processor":)" +
           post_processor_of(parts).dump() + R"(,"decoder":)" + byte_level(true).dump() + R"(,"model":)" +
           model_text(parts) + "}\n";
}

std::string config_json(const ByteLevelJson& parts) {
    Json config = {{"tokenizer_class", "PreTrainedTokenizerFast"}, {"clean_up_tokenization_spaces", false}};
    const auto add = [&](const char* name, std::optional<std::int32_t> id) {
        if (id) config[name] = token(parts, *id);
    };
    add("bos_token", parts.bos);
    add("eos_token", parts.eos);
    add("unk_token", parts.unknown);
    add("pad_token", parts.pad);
    if (!parts.chat_template.empty()) config["chat_template"] = parts.chat_template;
    return config.dump(2) + "\n";
}

}  // namespace

TokenizerFiles byte_level_files(const ByteLevelJson& parts) {
    return {{{"tokenizer.json", tokenizer_json(parts)}, {"tokenizer_config.json", config_json(parts)}}};
}

}  // namespace gatescope
