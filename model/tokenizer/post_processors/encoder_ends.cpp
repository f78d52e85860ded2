// BertProcessing and RobertaProcessing: one special token before and one after the text.

#include "model/tokenizer/id_list.h"
#include "model/tokenizer/post_processors/post_processors.h"

namespace gatescope {
namespace {

std::int32_t id_of(const StageJson& stage, const char* field) {
    const nlohmann::json& pair = stage.require(field);  // ["[CLS]", 101]
    if (!pair.is_array() || pair.size() != 2) stage.bad(field, "is no pair of token and id");
    return read_id(pair[1], INT32_MAX, stage.where() + "." + field);
}

}  // namespace

void add_encoder_ends(const StageJson& stage, TextEnds& ends) {
    ends.wrap({id_of(stage, "cls")}, {id_of(stage, "sep")});
}

}  // namespace gatescope
