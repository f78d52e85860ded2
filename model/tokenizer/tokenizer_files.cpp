#include "model/tokenizer/tokenizer_files.h"

#include <array>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <system_error>

#include "model/checkpoint/checkpoint_reader.h"
#include "model/checkpoint/json_text.h"
#include "model/checkpoint/sha256.h"
#include "model/core/error.h"
#include "model/core/scratch_folder.h"
#include "model/tokenizer/byte_level_json.h"
#include "model/tokenizer/folder_tokenizer.h"
#include "model/tokenizer/gguf_files.h"
#include "model/tokenizer/gguf_tokenizer.h"

namespace gatescope {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMostBytes = std::uint64_t{256} << 20U;

// All that transformers may look for.
constexpr std::array kNames = {"tokenizer.json",
                               "tokenizer_config.json",
                               "special_tokens_map.json",
                               "added_tokens.json",
                               "vocab.json",
                               "merges.txt",
                               "tokenizer.model",
                               "vocab.txt",
                               "chat_template.jinja",
                               "chat_template.json",
                               "spiece.model",
                               "sentencepiece.bpe.model",
                               "tokenizer.model.v3"};

TokenizerFiles files_of_folder(const fs::path& folder) {
    TokenizerFiles out;
    std::error_code unknown;
    for (const char* const name : kNames)
        if (fs::exists(folder / name, unknown)) out.files.emplace(name, read_small_file(folder / name, kMostBytes));
    return out;
}

void add_with_size(Sha256& hash, const std::string& text) {
    const std::string size = std::to_string(text.size()) + "\n";
    hash.add(std::as_bytes(std::span(size)));
    hash.add(std::as_bytes(std::span(text)));
}

void write_file(const fs::path& path, const std::string& contents) {
    std::ofstream file(path, std::ios::binary);
    file << contents;
    file.close();
    if (!file) throw Failure(FailureKind::kOutput, "can't be written", path.string(), "free some space");
}

}  // namespace

std::string TokenizerFiles::sha256() const {
    Sha256 hash;
    for (const auto& [name, contents] : files) {
        add_with_size(hash, name);
        add_with_size(hash, contents);
    }
    return hash.hex();
}

TokenizerFiles files_of(const TrainedBpe& bpe) {
    ByteLevelJson parts;
    parts.tokens = bpe.vocabulary;
    parts.merges = bpe.merges;
    parts.specials = {0};
    parts.pre = "gpt-2";
    parts.bos = parts.eos = parts.unknown = 0;  // as GPT-2 has them; none is put around a text
    return byte_level_files(parts);
}

TokenizerFiles files_of(const CheckpointReader& checkpoint) {
    if (has_gguf_tokenizer(checkpoint.metadata())) return files_of_gguf(checkpoint.metadata());
    if (!checkpoint.folder().empty() && has_folder_tokenizer(checkpoint.folder()))
        return files_of_folder(checkpoint.folder());
    throw Failure(FailureKind::kNotFound, "the checkpoint carries no tokenizer");
}

// Readers of folders know every kind of tokenizer already.
std::unique_ptr<Tokenizer> make_tokenizer(const TokenizerFiles& files, const std::string& where) {
    const ScratchFolder folder("tokenizer");
    for (const auto& [name, contents] : files.files) write_file(folder.path() / name, contents);
    try {
        return open_folder_tokenizer(folder.path(), nlohmann::json::object());
    } catch (const Failure& failure) {
        throw Failure(failure.kind(), failure.fault(), where, failure.hint());
    }
}

std::optional<std::int32_t> end_of_text_id(const Tokenizer& tokenizer) {
    for (const char* const text : {kEndOfText, "<|end_of_text|>", "</s>", "<eos>", "<|eot|>"}) {
        for (const std::int32_t id : tokenizer.encode(text))
            if (tokenizer.piece(id) == text) return id;
    }
    return std::nullopt;
}

}  // namespace gatescope
