// TemplateProcessing: special tokens around the text, by a template like "[CLS] $A [SEP]". Only the one for a single
// text is read.

#include "model/tokenizer/id_list.h"
#include "model/tokenizer/post_processors/post_processors.h"

namespace gatescope {
namespace {

std::vector<std::int32_t> ids_of_token(const StageJson& stage, const StageJson& piece) {
    const std::string& name = piece.object("SpecialToken").string("id");
    const nlohmann::json& list = stage.object("special_tokens").object(name.c_str()).require("ids");
    if (!list.is_array()) stage.bad("special_tokens", "the ids of \"" + name + "\" are no list");
    std::vector<std::int32_t> ids;
    for (const nlohmann::json& id : list) ids.push_back(read_id(id, INT32_MAX, stage.where() + ".special_tokens"));
    return ids;
}

}  // namespace

void add_template(const StageJson& stage, TextEnds& ends) {
    std::vector<std::int32_t> before, after;
    int texts = 0;
    for (const StageJson& piece : stage.objects("single")) {
        if (piece.has("Sequence")) {
            ++texts;
            continue;
        }
        std::vector<std::int32_t>& side = texts == 0 ? before : after;
        const std::vector<std::int32_t> ids = ids_of_token(stage, piece);
        side.insert(side.end(), ids.begin(), ids.end());
    }
    if (texts != 1) stage.bad("single", "has the text " + std::to_string(texts) + " times; allowed: once");
    ends.wrap(before, after);
}

}  // namespace gatescope
