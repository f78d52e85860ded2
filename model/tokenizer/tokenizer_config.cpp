#include "model/tokenizer/tokenizer_config.h"

#include <system_error>

#include "model/checkpoint/json_text.h"
#include "model/tokenizer/stage_json.h"

namespace gatescope {
namespace {

constexpr std::uint64_t kMostBytes = std::uint64_t{16} << 20U;

std::int32_t id_of(const std::string& content, const PipelineParts& parts, const StageJson& config, const char* name) {
    for (const AddedToken& token : parts.added)
        if (token.content == content) return token.id;
    const auto id = parts.vocabulary->find(content);
    if (!id) config.bad(name, "is \"" + content + "\", which is no token");
    return *id;
}

// The token that the field `name` names, as a string or an object; `otherwise` when it is missing.
std::optional<std::int32_t> token_of(const StageJson& config, const char* name, const PipelineParts& parts,
                                     std::optional<std::int32_t> otherwise) {
    if (!config.has(name)) return otherwise;
    const bool plain = config.require(name).is_string();
    return id_of(plain ? config.string(name) : config.object(name).string("content"), parts, config, name);
}

}  // namespace

void apply_tokenizer_config(const std::filesystem::path& folder, const ConfigEnds& ends, PipelineParts& parts) {
    const std::filesystem::path path = folder / "tokenizer_config.json";
    std::error_code unknown;
    if (!std::filesystem::exists(path, unknown)) return;
    const nlohmann::json document = read_json_object(path, kMostBytes);
    const StageJson config(document, "tokenizer_config.json");
    if (config.flag("add_bos_token", false))
        parts.ends.bos_unless_there = token_of(config, "bos_token", parts, ends.bos);
    if (ends.template_ends_text || !config.flag("add_eos_token", false)) return;
    if (const auto eos = token_of(config, "eos_token", parts, ends.eos)) parts.ends.after.push_back(*eos);
}

}  // namespace gatescope
