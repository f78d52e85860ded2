#include "model/tokenizer/vocab_merges.h"

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <system_error>

#include "model/checkpoint/json_text.h"
#include "model/core/error.h"
#include "model/tokenizer/stage_json.h"
#include "model/tokenizer/tokenizer.h"

namespace gatescope {
namespace {

using Json = nlohmann::json;
namespace fs = std::filesystem;

constexpr std::uint64_t kMostBytes = std::uint64_t{64} << 20U;

Json read_if_there(const fs::path& path) {
    std::error_code unknown;
    return fs::exists(path, unknown) ? read_json_object(path, kMostBytes) : Json::object();
}

Json read_merge_lines(const fs::path& path) {
    const std::string text = read_small_file(path, kMostBytes);
    check_utf8(text, path.string());
    Json merges = Json::array();
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        std::string line = text.substr(at, end - at);
        if (line.ends_with('\r')) line.pop_back();
        if (!line.empty() && !line.starts_with("#version")) merges.push_back(std::move(line));
        at = end + 1;
    }
    return merges;
}

struct Way {
    const char* name;  // tokenizer_class without "Tokenizer" and "Fast"
    bool qwen;         // else GPT-2's
};

constexpr char kQwenRegex[] =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";

// Adds normalizer and pre-tokenizer as the class has them.
void put_stages(const StageJson& config, Json& document) {
    static constexpr std::array kWays = {Way{"GPT2", false}, Way{"GPTNeoX", false}, Way{"PreTrained", false},
                                         Way{"", false}, Way{"Qwen2", true}};
    const std::string given = config.optional_string("tokenizer_class").value_or("");
    std::string name = given;
    for (const std::string& ending : {std::string("Fast"), std::string("Tokenizer")})
        if (name.ends_with(ending)) name.resize(name.size() - ending.size());
    const Way* found = nullptr;
    for (const Way& way : kWays)
        if (name == way.name) found = &way;
    if (!found)
        throw Failure(FailureKind::kUnsupported,
                      "vocab.json and merges.txt of class \"" + given + "\" are cut in a way that isn't known",
                      "tokenizer_config.json", "known: GPT2Tokenizer, Qwen2Tokenizer; any with a tokenizer.json");
    const bool adds_space = config.flag("add_prefix_space", false);
    const Json bytes = {{"type", "ByteLevel"}, {"add_prefix_space", adds_space}, {"use_regex", !found->qwen}};
    if (found->qwen) {
        const Json split = {{"type", "Split"}, {"pattern", {{"Regex", kQwenRegex}}}, {"behavior", "Isolated"}};
        document["normalizer"] = {{"type", "NFC"}};
        document["pre_tokenizer"] = {{"type", "Sequence"}, {"pretokenizers", {split, bytes}}};
    } else {
        document["pre_tokenizer"] = bytes;
    }
    document["decoder"] = {{"type", "ByteLevel"}};
}

// Collects the added tokens; of one named twice the first counts.
class AddedList {
  public:
    explicit AddedList(const Json& vocabulary) : vocabulary_(vocabulary) {}

    // added_tokens_decoder of tokenizer_config.json: id -> token.
    void add_decoder(const Json& decoder) {
        for (const auto& [id, token] : decoder.items()) {
            if (!token.is_object() || id.empty() || id.size() > 10 ||
                id.find_first_not_of("0123456789") != std::string::npos)
                throw Failure(FailureKind::kBadFile, "is no id with its token",
                              "tokenizer_config.json.added_tokens_decoder[\"" + id + "\"]");
            Json entry = token;
            entry["id"] = std::stoll(id);
            put(std::move(entry));
        }
    }

    // added_tokens.json: token -> id.
    void add_plain(const Json& tokens) {
        for (const auto& [content, id] : tokens.items())
            put({{"content", content}, {"id", id}, {"special", false}, {"normalized", false}});
    }

    // A special token as a string or an object, where the vocabulary has it.
    void add_special(const Json& token) {
        if (token.is_object() && token.contains("content")) return add_special(token["content"]);
        if (!token.is_string()) return;
        const auto& content = token.get_ref<const std::string&>();
        const auto known = entries_.find(content);
        const auto in_vocabulary = vocabulary_.find(content);
        if (known != entries_.end())
            known->second["special"] = true;
        else if (in_vocabulary != vocabulary_.end())
            put({{"content", content}, {"id", *in_vocabulary}, {"special", true}, {"normalized", false}});
    }

    Json list() const {
        Json out = Json::array();
        for (const auto& [content, entry] : entries_) out.push_back(entry);
        return out;
    }

  private:
    void put(Json entry) {
        const auto content = entry.find("content");
        if (content == entry.end() || !content->is_string())
            throw Failure(FailureKind::kBadFile, "a token without content",
                          "tokenizer_config.json.added_tokens_decoder");
        entries_.emplace(content->get<std::string>(), std::move(entry));
    }

    const Json& vocabulary_;
    std::map<std::string, Json> entries_;
};

Json added_tokens(const fs::path& folder, const Json& config, const Json& vocabulary) {
    AddedList list(vocabulary);
    if (const auto decoder = config.find("added_tokens_decoder"); decoder != config.end() && decoder->is_object())
        list.add_decoder(*decoder);
    list.add_plain(read_if_there(folder / "added_tokens.json"));
    const Json map = read_if_there(folder / "special_tokens_map.json");
    for (const Json* source : {&config, &map}) {
        for (const char* name :
             {"bos_token", "eos_token", "unk_token", "pad_token", "sep_token", "cls_token", "mask_token"})
            if (const auto token = source->find(name); token != source->end()) list.add_special(*token);
        if (const auto more = source->find("additional_special_tokens"); more != source->end() && more->is_array())
            for (const Json& token : *more) list.add_special(token);
    }
    list.add_special("<|endoftext|>");  // of both classes, though no file names it
    return list.list();
}

}  // namespace

Json tokenizer_json_of(const fs::path& folder) {
    const Json config = read_if_there(folder / "tokenizer_config.json");
    const Json vocabulary = read_json_object(folder / "vocab.json", kMostBytes);
    Json document = {{"added_tokens", added_tokens(folder, config, vocabulary)}};
    put_stages(StageJson(config, "tokenizer_config.json"), document);
    document["model"] = {{"type", "BPE"}, {"vocab", vocabulary}, {"merges", read_merge_lines(folder / "merges.txt")}};
    return document;
}

}  // namespace gatescope
