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

struct TokenizerSource {
    const char* id;  // as messages name it
    bool (*has)(const CheckpointReader& checkpoint);
    std::unique_ptr<Tokenizer> (*make)(const CheckpointReader& checkpoint);
};

bool has_file(const CheckpointReader& checkpoint, const char* name) {
    std::error_code unknown;
    return !checkpoint.folder().empty() && std::filesystem::exists(checkpoint.folder() / name, unknown);
}

bool has_gguf(const CheckpointReader& checkpoint) {
    return has_gguf_tokenizer(checkpoint.metadata());
}

std::unique_ptr<Tokenizer> make_gguf(const CheckpointReader& checkpoint) {
    return std::make_unique<PipelineTokenizer>(make_gguf_tokenizer(checkpoint.metadata()));
}

bool has_tokenizer_json(const CheckpointReader& checkpoint) {
    return has_file(checkpoint, "tokenizer.json");
}

std::unique_ptr<Tokenizer> make_tokenizer_json(const CheckpointReader& checkpoint) {
    return open_tokenizer_json(checkpoint.folder());
}

bool has_vocab_merges(const CheckpointReader& checkpoint) {
    return has_file(checkpoint, "vocab.json") && has_file(checkpoint, "merges.txt");
}

std::unique_ptr<Tokenizer> make_vocab_merges(const CheckpointReader& checkpoint) {
    return open_vocab_merges(checkpoint.folder());
}

bool has_sentencepiece(const CheckpointReader& checkpoint) {
    return has_file(checkpoint, "tokenizer.model");
}

std::unique_ptr<Tokenizer> make_sentencepiece(const CheckpointReader& checkpoint) {
    return open_sentencepiece(checkpoint.folder(), checkpoint.metadata());
}

bool has_vocab_txt(const CheckpointReader& checkpoint) {
    return has_file(checkpoint, "vocab.txt");
}

std::unique_ptr<Tokenizer> make_vocab_txt(const CheckpointReader& checkpoint) {
    return open_bert_folder(checkpoint.folder());
}

constexpr std::array kSources = {
    TokenizerSource{"tokenizer.ggml.model", has_gguf, make_gguf},
    TokenizerSource{"tokenizer.json", has_tokenizer_json, make_tokenizer_json},
    TokenizerSource{"vocab.json + merges.txt", has_vocab_merges, make_vocab_merges},
    TokenizerSource{"tokenizer.model", has_sentencepiece, make_sentencepiece},
    TokenizerSource{"vocab.txt", has_vocab_txt, make_vocab_txt},
};

}  // namespace

std::unique_ptr<Tokenizer> make_tokenizer(const CheckpointReader& checkpoint) {
    std::string looked_for;
    for (const TokenizerSource& source : kSources) {
        if (source.has(checkpoint)) return source.make(checkpoint);
        looked_for += (looked_for.empty() ? "looked for " : ", ") + std::string(source.id);
    }
    throw Failure(FailureKind::kNotFound, "the checkpoint carries no tokenizer", {}, looked_for);
}

}  // namespace gatescope
