// The kinds of tokenizer a checkpoint may carry, tried in order.

#include <array>

#include "model/checkpoint/checkpoint_reader.h"
#include "model/core/error.h"
#include "model/tokenizer/bert_folder.h"
#include "model/tokenizer/folder_tokenizer.h"
#include "model/tokenizer/gguf_tokenizer.h"
#include "model/tokenizer/sentencepiece/sentencepiece_folder.h"

namespace gatescope {
namespace {

// Of one checkpoint: its folder, empty for a file that holds all itself, and its metadata.
struct Place {
    const std::filesystem::path& folder;
    const nlohmann::json& metadata;

    bool has_file(const char* name) const {
        std::error_code unknown;
        return !folder.empty() && std::filesystem::exists(folder / name, unknown);
    }
};

struct TokenizerSource {
    const char* id;  // as messages name it
    bool (*has)(const Place& place);
    std::unique_ptr<Tokenizer> (*make)(const Place& place);
};

using Made = std::unique_ptr<Tokenizer>;

constexpr std::array kSources = {
    TokenizerSource{"tokenizer.ggml.model", [](const Place& place) { return has_gguf_tokenizer(place.metadata); },
                    [](const Place& place) -> Made {
                        return std::make_unique<PipelineTokenizer>(make_gguf_tokenizer(place.metadata));
                    }},
    TokenizerSource{"tokenizer.json", [](const Place& place) { return place.has_file("tokenizer.json"); },
                    [](const Place& place) { return open_tokenizer_json(place.folder); }},
    TokenizerSource{"vocab.json + merges.txt",
                    [](const Place& place) { return place.has_file("vocab.json") && place.has_file("merges.txt"); },
                    [](const Place& place) { return open_vocab_merges(place.folder); }},
    TokenizerSource{"tokenizer.model", [](const Place& place) { return place.has_file("tokenizer.model"); },
                    [](const Place& place) { return open_sentencepiece(place.folder, place.metadata); }},
    TokenizerSource{"vocab.txt", [](const Place& place) { return place.has_file("vocab.txt"); },
                    [](const Place& place) { return open_bert_folder(place.folder); }},
};

const TokenizerSource* find_source(const Place& place) {
    for (const TokenizerSource& source : kSources)
        if (source.has(place)) return &source;
    return nullptr;
}

Made make(const Place& place) {
    if (const TokenizerSource* const source = find_source(place)) return source->make(place);
    std::string looked_for;
    for (const TokenizerSource& source : kSources)
        looked_for += (looked_for.empty() ? "looked for " : ", ") + std::string(source.id);
    throw Failure(FailureKind::kNotFound, "the checkpoint carries no tokenizer", {}, looked_for);
}

}  // namespace

std::unique_ptr<Tokenizer> make_tokenizer(const CheckpointReader& checkpoint) {
    const std::filesystem::path folder = checkpoint.folder();
    return make({folder, checkpoint.metadata()});
}

bool has_folder_tokenizer(const std::filesystem::path& folder) {
    return find_source({folder, nlohmann::json::object()}) != nullptr;
}

std::unique_ptr<Tokenizer> open_folder_tokenizer(const std::filesystem::path& folder, const nlohmann::json& config) {
    return make({folder, config});
}

}  // namespace gatescope
