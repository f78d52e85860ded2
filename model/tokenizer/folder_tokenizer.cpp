#include "model/tokenizer/folder_tokenizer.h"

#include "model/checkpoint/json_text.h"
#include "model/core/error.h"
#include "model/tokenizer/pipeline_tokenizer.h"
#include "model/tokenizer/tokenizer_config.h"
#include "model/tokenizer/tokenizer_json.h"
#include "model/tokenizer/vocab_merges.h"

namespace gatescope {
namespace {

constexpr std::uint64_t kMostBytes = std::uint64_t{256} << 20U;  // the largest known is 35 MB

std::unique_ptr<Tokenizer> make(const nlohmann::json& document, const char* name, const std::filesystem::path& folder,
                                const ConfigEnds& ends) {
    PipelineParts parts = read_tokenizer_json(document, name);
    apply_tokenizer_config(folder, ends, parts);
    return std::make_unique<PipelineTokenizer>(std::move(parts));
}

}  // namespace

std::unique_ptr<Tokenizer> open_tokenizer_json(const std::filesystem::path& folder) {
    return make(read_json_object(folder / "tokenizer.json", kMostBytes), "tokenizer.json", folder,
                {.template_ends_text = true});
}

std::unique_ptr<Tokenizer> open_vocab_merges(const std::filesystem::path& folder) {
    return make(tokenizer_json_of(folder), "vocab.json + merges.txt", folder, {});
}

}  // namespace gatescope
