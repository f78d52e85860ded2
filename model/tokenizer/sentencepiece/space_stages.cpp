#include "model/tokenizer/sentencepiece/space_stages.h"

#include <nlohmann/json.hpp>

#include "model/tokenizer/decoders/decoders.h"
#include "model/tokenizer/normalizers/normalizers.h"
#include "model/tokenizer/pre_tokenizers/pre_tokenizers.h"

namespace gatescope {
namespace {

using Json = nlohmann::json;

constexpr char kSpace[] = "\u2581";

}  // namespace

std::unique_ptr<Normalizer> make_space_normalizer(bool prefix) {
    Json steps = Json::array();
    if (prefix) steps.push_back({{"type", "Prepend"}, {"prepend", kSpace}});
    steps.push_back({{"type", "Replace"}, {"pattern", {{"String", " "}}}, {"content", kSpace}});
    const Json stage = {{"type", "Sequence"}, {"normalizers", steps}};
    return make_normalizer(StageJson(stage, "normalizer"));
}

std::unique_ptr<PreTokenizer> make_metaspace(const char* prepend_scheme) {
    const Json stage = {
        {"type", "Metaspace"}, {"replacement", kSpace}, {"prepend_scheme", prepend_scheme}, {"split", false}};
    return make_pre_tokenizer(StageJson(stage, "pre_tokenizer"));
}

std::unique_ptr<Decoder> make_space_decoder(bool prefix) {
    Json steps = Json::array();
    steps.push_back({{"type", "Replace"}, {"pattern", {{"String", kSpace}}}, {"content", " "}});
    steps.push_back({{"type", "ByteFallback"}});
    steps.push_back({{"type", "Fuse"}});
    if (prefix) steps.push_back({{"type", "Strip"}, {"content", " "}, {"start", 1}, {"stop", 0}});
    const Json stage = {{"type", "Sequence"}, {"decoders", steps}};
    return make_decoder(StageJson(stage, "decoder"));
}

}  // namespace gatescope
