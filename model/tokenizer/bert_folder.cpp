#include "model/tokenizer/bert_folder.h"

#include <nlohmann/json.hpp>
#include <string_view>
#include <system_error>

#include "model/checkpoint/json_text.h"
#include "model/core/error.h"
#include "model/tokenizer/bert_pipeline.h"
#include "model/tokenizer/characters.h"
#include "model/tokenizer/pipeline_tokenizer.h"
#include "model/tokenizer/stage_json.h"
#include "model/tokenizer/utf8.h"

namespace gatescope {
namespace {

constexpr std::uint64_t kMostBytes = std::uint64_t{64} << 20U;  // the largest known is 5 MB

// A token as text or as an object with "content"; `otherwise` when the field is missing.
std::string token_of(const StageJson& settings, const char* field, const std::string& otherwise) {
    if (!settings.has(field)) return otherwise;
    return settings.require(field).is_string() ? settings.string(field) : settings.object(field).string("content");
}

// Without the white space at its end, as the tokenizers package reads the file.
std::string_view trimmed(std::string_view line) {
    while (!line.empty()) {
        std::size_t last = line.size() - 1;
        while ((static_cast<std::uint8_t>(line[last]) & 0xC0U) == 0x80) --last;
        if (!is_white_space(utf8_decode(line, last, line.size() - last))) break;
        line = line.substr(0, last);
    }
    return line;
}

std::vector<std::string> read_lines(const std::string& text) {
    check_utf8(text, "vocab.txt");
    std::vector<std::string> lines;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        lines.emplace_back(trimmed(std::string_view(text).substr(at, end - at)));
        at = end + 1;
    }
    if (lines.empty()) throw Failure(FailureKind::kBadFile, "has no tokens", "vocab.txt");
    return lines;
}

}  // namespace

std::unique_ptr<Tokenizer> open_bert_folder(const std::filesystem::path& folder) {
    std::error_code unknown;
    const std::filesystem::path path = folder / "tokenizer_config.json";
    const nlohmann::json json =
        std::filesystem::exists(path, unknown) ? read_json_object(path, kMostBytes) : nlohmann::json::object();
    const StageJson settings(json, "tokenizer_config.json");
    BertOptions options;
    options.normalizer.lowercase = settings.flag("do_lower_case", true);
    options.normalizer.handle_chinese_chars = settings.flag("tokenize_chinese_chars", true);
    options.normalizer.strip_accents = settings.flag("strip_accents", options.normalizer.lowercase);
    options.unknown = token_of(settings, "unk_token", options.unknown);
    options.begins = token_of(settings, "cls_token", options.begins);
    options.ends = token_of(settings, "sep_token", options.ends);
    options.others = {token_of(settings, "pad_token", "[PAD]"), token_of(settings, "mask_token", "[MASK]")};
    auto tokens = read_lines(read_small_file(folder / "vocab.txt", kMostBytes));
    return std::make_unique<PipelineTokenizer>(bert_parts(std::move(tokens), options, "vocab.txt"));
}

}  // namespace gatescope
