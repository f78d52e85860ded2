#include "model/tokenizer/tokenizer_json.h"

#include <nlohmann/json.hpp>

#include "model/tokenizer/added_tokens_json.h"
#include "model/tokenizer/decoders/decoders.h"
#include "model/tokenizer/models/models.h"
#include "model/tokenizer/normalizers/normalizers.h"
#include "model/tokenizer/post_processors/post_processors.h"
#include "model/tokenizer/pre_tokenizers/pre_tokenizers.h"

namespace gatescope {

PipelineParts read_tokenizer_json(const nlohmann::json& document, const std::string& where) {
    const StageJson file(document, where);
    PipelineParts parts;
    if (file.has("normalizer")) parts.normalizer = make_normalizer(file.object("normalizer"));
    if (file.has("pre_tokenizer")) parts.pre_tokenizer = make_pre_tokenizer(file.object("pre_tokenizer"));
    const bool spelled = parts.pre_tokenizer && parts.pre_tokenizer->spells_bytes();
    ModelStage model = make_model(file.object("model"), spelled);
    if (model.model->takes_raw_bytes()) parts.pre_tokenizer->leave_bytes_raw();
    parts.kind = std::move(model.kind);
    parts.vocabulary = std::move(model.vocabulary);
    parts.model = std::move(model.model);
    if (file.has("added_tokens")) parts.added = read_added_tokens(file.objects("added_tokens"), *parts.vocabulary);
    if (file.has("post_processor")) add_post_processor(file.object("post_processor"), parts.ends);
    if (file.has("decoder")) parts.decoder = make_decoder(file.object("decoder"));
    return parts;
}

}  // namespace gatescope
