#include "model/tokenizer/sentencepiece/sentencepiece_folder.h"

#include <nlohmann/json.hpp>
#include <system_error>

#include "model/checkpoint/byte_cursor.h"
#include "model/checkpoint/json_text.h"
#include "model/tokenizer/added_tokens_json.h"
#include "model/tokenizer/sentencepiece/sentencepiece_tokenizer.h"
#include "model/tokenizer/stage_json.h"
#include "model/tokenizer/tokenizer_config.h"

namespace gatescope {
namespace {

using Json = nlohmann::json;

constexpr std::uint64_t kMostModelBytes = std::uint64_t{64} << 20U;  // the largest known is 5 MB
constexpr std::uint64_t kMostConfigBytes = std::uint64_t{16} << 20U;

// An empty object without the file.
Json read_if_there(const std::filesystem::path& path) {
    std::error_code unknown;
    return std::filesystem::exists(path, unknown) ? read_json_object(path, kMostConfigBytes) : Json::object();
}

// tokenizer_config.json names transformers' class; without it the model's type tells Gemma, whose models are alike.
SentencePieceOptions read_options(const StageJson& settings, const Json& config) {
    const std::string name = settings.optional_string("tokenizer_class").value_or("");
    const auto type = config.find("model_type");
    const bool gemma =
        type != config.end() && type->is_string() && type->get_ref<const std::string&>().starts_with("gemma");
    SentencePieceOptions options;
    if (name.starts_with("Llama"))
        options.rules = SentencePieceRules::kLlama;
    else if (name.starts_with("Gemma") || (name.empty() && gemma))
        options.rules = SentencePieceRules::kGemma;
    options.add_prefix_space = settings.flag("add_prefix_space", true);
    options.legacy = settings.flag("legacy", false);
    return options;
}

// Tokens that were added to the model later: {content: id}, or {id: {"content": ...}}.
Json later_tokens(const Json& added, const StageJson& settings) {
    Json list = Json::array();
    for (const auto& [content, id] : added.items()) list.push_back({{"content", content}, {"id", id}});
    const Json* const decoder = settings.find("added_tokens_decoder");
    if (!decoder || !decoder->is_object()) return list;
    for (const auto& [id, entry] : decoder->items()) {
        Json token = entry;
        const bool digits = !id.empty() && id.size() < 10 && id.find_first_not_of("0123456789") == std::string::npos;
        if (!token.is_object() || !digits) settings.bad("added_tokens_decoder", "has no token by id at \"" + id + "\"");
        token["id"] = std::stol(id);
        list.push_back(std::move(token));
    }
    return list;
}

void add_later_tokens(const Json& list, PipelineParts& parts) {
    std::vector<StageJson> entries;
    for (std::size_t i = 0; i < list.size(); ++i) entries.emplace_back(list[i], "added token " + std::to_string(i));
    for (AddedToken& token : read_added_tokens(entries, *parts.vocabulary)) {
        const auto same = [&](const AddedToken& known) { return known.content == token.content; };
        std::erase_if(parts.added, same);
        parts.added.push_back(std::move(token));
    }
}

}  // namespace

std::unique_ptr<Tokenizer> open_sentencepiece(const std::filesystem::path& folder, const Json& config) {
    const Json settings_json = read_if_there(folder / "tokenizer_config.json");
    const StageJson settings(settings_json, "tokenizer_config.json");
    const std::string bytes = read_small_file(folder / "tokenizer.model", kMostModelBytes);
    SentencePieceFile model;
    PipelineParts parts = located("tokenizer.model", [&] {
        model = read_sentencepiece(bytes);
        return sentencepiece_parts(model, read_options(settings, config));
    });
    add_later_tokens(later_tokens(read_if_there(folder / "added_tokens.json"), settings), parts);
    ConfigEnds ends;
    if (model.bos >= 0) ends.bos = model.bos;
    if (model.eos >= 0) ends.eos = model.eos;
    apply_tokenizer_config(folder, ends, parts);
    return std::make_unique<PipelineTokenizer>(std::move(parts));
}

}  // namespace gatescope
