#include "model/tokenizer/stage_json.h"

#include "model/core/error.h"

namespace gatescope {

using Json = nlohmann::json;

namespace {

constexpr std::size_t kLongest = 4096;  // the longest known, a pattern, has 500

}  // namespace

StageJson::StageJson(const Json& json, std::string where) : json_(&json), where_(std::move(where)) {
    if (!json.is_object()) throw Failure(FailureKind::kBadFile, "is no object", where_);
}

void StageJson::bad(const char* field, const std::string& what) const {
    throw Failure(FailureKind::kBadFile, what, where_ + "." + field);
}

const Json* StageJson::find(const char* field) const {
    const auto at = json_->find(field);
    return at == json_->end() || at->is_null() ? nullptr : &*at;
}

const Json& StageJson::require(const char* field) const {
    const Json* const value = find(field);
    if (!value) bad(field, "is missing");
    return *value;
}

bool StageJson::flag(const char* field, bool otherwise) const {
    const Json* const value = find(field);
    if (!value) return otherwise;
    if (!value->is_boolean()) bad(field, "is neither true nor false");
    return value->get<bool>();
}

std::int64_t StageJson::integer(const char* field, std::int64_t otherwise) const {
    const Json* const value = find(field);
    if (!value) return otherwise;
    // Anything above 2^63 would come back negative.
    if (!value->is_number_integer() || (value->is_number_unsigned() && value->get<std::uint64_t>() > INT64_MAX))
        bad(field, "is no integer that fits");
    return value->get<std::int64_t>();
}

const std::string& StageJson::string(const char* field) const {
    const Json& value = require(field);
    if (!value.is_string()) bad(field, "is no string");
    const auto& text = value.get_ref<const std::string&>();
    if (text.size() > kLongest)
        bad(field, "is " + std::to_string(text.size()) + " bytes long; at most " + std::to_string(kLongest));
    return text;
}

std::optional<std::string> StageJson::optional_string(const char* field) const {
    if (!has(field)) return std::nullopt;
    return string(field);
}

StageJson StageJson::object(const char* field) const {
    return {require(field), where_ + "." + field};
}

std::vector<StageJson> StageJson::objects(const char* field) const {
    const Json& list = require(field);
    if (!list.is_array()) bad(field, "is no array");
    std::vector<StageJson> out;
    out.reserve(list.size());
    for (const Json& element : list)
        out.emplace_back(element, where_ + "." + field + "[" + std::to_string(out.size()) + "]");
    return out;
}

}  // namespace gatescope
