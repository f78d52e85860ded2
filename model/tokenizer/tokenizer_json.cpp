#include "model/tokenizer/tokenizer_json.h"

#include <nlohmann/json.hpp>
#include <optional>

#include "model/core/error.h"
#include "model/tokenizer/added_tokens_json.h"
#include "model/tokenizer/decoders/decoders.h"
#include "model/tokenizer/models/models.h"
#include "model/tokenizer/normalizers/normalizers.h"
#include "model/tokenizer/post_processors/post_processors.h"
#include "model/tokenizer/pre_tokenizers/pre_tokenizers.h"

namespace gatescope {
namespace {

// Every stage takes time over every piece of text, and memory of its own.
void check_size(const nlohmann::json& stage, const std::string& where) {
    constexpr std::size_t kMost = 1000;
    std::size_t values = 0;
    const auto count = [&](const auto& self, const nlohmann::json& value) -> void {
        if (++values > kMost)
            throw Failure(FailureKind::kBadFile, "consists of more than " + std::to_string(kMost) + " values", where);
        for (const auto& element : value)
            if (value.is_structured()) self(self, element);
    };
    count(count, stage);
}

std::optional<StageJson> stage_of(const StageJson& file, const char* field) {
    if (!file.has(field)) return std::nullopt;
    check_size(file.require(field), file.where() + "." + field);
    return file.object(field);
}

}  // namespace

PipelineParts read_tokenizer_json(const nlohmann::json& document, const std::string& where) {
    const StageJson file(document, where);
    PipelineParts parts;
    if (const auto stage = stage_of(file, "normalizer")) parts.normalizer = make_normalizer(*stage);
    if (const auto stage = stage_of(file, "pre_tokenizer")) parts.pre_tokenizer = make_pre_tokenizer(*stage);
    const bool spelled = parts.pre_tokenizer && parts.pre_tokenizer->spells_bytes();
    ModelStage model = make_model(file.object("model"), spelled);
    if (model.model->takes_raw_bytes()) parts.pre_tokenizer->leave_bytes_raw();
    parts.kind = std::move(model.kind);
    parts.vocabulary = std::move(model.vocabulary);
    parts.model = std::move(model.model);
    if (file.has("added_tokens")) parts.added = read_added_tokens(file.objects("added_tokens"), *parts.vocabulary);
    if (file.has("post_processor")) add_post_processor(file.object("post_processor"), parts.ends);
    if (const auto stage = stage_of(file, "decoder")) parts.decoder = make_decoder(*stage);
    return parts;
}

}  // namespace gatescope
