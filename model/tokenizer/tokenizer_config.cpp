#include "model/tokenizer/tokenizer_config.h"

#include <system_error>

#include "model/checkpoint/json_text.h"
#include "model/tokenizer/stage_json.h"

namespace gatescope {
namespace {

constexpr std::uint64_t kMostBytes = std::uint64_t{16} << 20U;

std::int32_t id_of(const std::string& content, const PipelineParts& parts, const StageJson& config) {
    for (const AddedToken& token : parts.added)
        if (token.content == content) return token.id;
    const auto id = parts.vocabulary->find(content);
    if (!id) config.bad("bos_token", "is \"" + content + "\", which is no token");
    return *id;
}

}  // namespace

void apply_tokenizer_config(const std::filesystem::path& folder, PipelineParts& parts) {
    const std::filesystem::path path = folder / "tokenizer_config.json";
    std::error_code unknown;
    if (!std::filesystem::exists(path, unknown)) return;
    const nlohmann::json document = read_json_object(path, kMostBytes);
    const StageJson config(document, "tokenizer_config.json");
    if (!config.flag("add_bos_token", false) || !config.has("bos_token")) return;
    const bool plain = config.require("bos_token").is_string();
    const std::string& content = plain ? config.string("bos_token") : config.object("bos_token").string("content");
    parts.ends.bos_unless_there = id_of(content, parts, config);
}

}  // namespace gatescope
