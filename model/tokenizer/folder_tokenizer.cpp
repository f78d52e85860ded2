#include "model/tokenizer/folder_tokenizer.h"

#include "model/checkpoint/json_text.h"
#include "model/core/error.h"
#include "model/tokenizer/pipeline_tokenizer.h"
#include "model/tokenizer/tokenizer_config.h"
#include "model/tokenizer/tokenizer_json.h"

namespace gatescope {
namespace {

constexpr std::uint64_t kMostBytes = std::uint64_t{256} << 20U;  // the largest known is 35 MB

}  // namespace

std::unique_ptr<Tokenizer> open_tokenizer_json(const std::filesystem::path& folder) {
    PipelineParts parts =
        read_tokenizer_json(read_json_object(folder / "tokenizer.json", kMostBytes), "tokenizer.json");
    apply_tokenizer_config(folder, parts);
    return std::make_unique<PipelineTokenizer>(std::move(parts));
}

}  // namespace gatescope
