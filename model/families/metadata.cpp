#include "model/families/metadata.h"

#include <cmath>
#include <utility>

#include "model/core/error.h"

namespace gatescope {
namespace {

// A GGUF's strings may be no UTF-8.
std::string shown(const nlohmann::json& value) {
    if (value.is_structured()) return value.is_array() ? "a list" : "an object";
    return one_line(value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace), 40);
}

}  // namespace

Metadata::Metadata(const nlohmann::json& json, std::string prefix) : json_(&json), prefix_(std::move(prefix)) {}

const nlohmann::json* Metadata::find(const std::string& key) const {
    const auto found = json_->find(prefix_ + key);
    return found == json_->end() || found->is_null() ? nullptr : &*found;
}

const nlohmann::json& Metadata::require(const std::string& key) const {
    if (const nlohmann::json* value = find(key)) return *value;
    throw Failure(FailureKind::kBadFile, "the metadata lacks " + name_of(key));
}

bool Metadata::has(const std::string& key) const {
    return find(key) != nullptr;
}

bool Metadata::states(const std::string& key) const {
    return json_->find(prefix_ + key) != json_->end();
}

std::int64_t Metadata::integer(const std::string& key, std::int64_t least, std::int64_t most) const {
    const nlohmann::json& value = require(key);
    const std::string range = "a whole number from " + std::to_string(least) + " to " + std::to_string(most);
    const bool too_big = value.is_number_unsigned() && value.get<std::uint64_t>() > static_cast<std::uint64_t>(most);
    if (!value.is_number_integer() || too_big || value.get<std::int64_t>() < least || value.get<std::int64_t>() > most)
        throw Failure(FailureKind::kBadFile, name_of(key) + " is " + shown(value), {}, "needs " + range);
    return value.get<std::int64_t>();
}

std::int64_t Metadata::integer_or(const std::string& key, std::int64_t least, std::int64_t most,
                                  std::int64_t otherwise) const {
    return has(key) ? integer(key, least, most) : otherwise;
}

double Metadata::positive(const std::string& key, double most) const {
    const nlohmann::json& value = require(key);
    const double number = value.is_number() ? value.get<double>() : 0.0;
    if (!std::isfinite(number) || number <= 0 || number > most)
        throw Failure(FailureKind::kBadFile, name_of(key) + " is " + shown(value), {}, "needs a finite number above 0");
    return number;
}

double Metadata::positive_or(const std::string& key, double most, double otherwise) const {
    return has(key) ? positive(key, most) : otherwise;
}

bool Metadata::boolean_or(const std::string& key, bool otherwise) const {
    const nlohmann::json* value = find(key);
    if (value == nullptr) return otherwise;
    if (!value->is_boolean())
        throw Failure(FailureKind::kBadFile, name_of(key) + " is " + shown(*value), {}, "needs true or false");
    return value->get<bool>();
}

std::optional<std::string> Metadata::text(const std::string& key) const {
    const nlohmann::json* value = find(key);
    if (value == nullptr) return std::nullopt;
    if (!value->is_string()) throw Failure(FailureKind::kBadFile, name_of(key) + " is not a text");
    return value->get<std::string>();
}

std::optional<std::vector<std::string>> Metadata::texts(const std::string& key, std::size_t count) const {
    const nlohmann::json* value = find(key);
    if (value == nullptr) return std::nullopt;
    if (!value->is_array() || value->size() != count)
        throw Failure(FailureKind::kBadFile, name_of(key) + " is no list of " + std::to_string(count) + " texts");
    std::vector<std::string> out;
    for (const nlohmann::json& item : *value) {
        if (!item.is_string()) throw Failure(FailureKind::kBadFile, name_of(key) + " holds " + shown(item));
        out.push_back(item.get<std::string>());
    }
    return out;
}

std::optional<std::vector<bool>> Metadata::booleans(const std::string& key, std::size_t count) const {
    const nlohmann::json* value = find(key);
    if (value == nullptr || !value->is_array()) return std::nullopt;
    std::vector<bool> out;
    for (const nlohmann::json& item : *value)
        if (item.is_boolean()) out.push_back(item.get<bool>());
    if (out.size() != count || value->size() != count)
        throw Failure(FailureKind::kBadFile,
                      name_of(key) + " is no list of " + std::to_string(count) + " values of true or false");
    return out;
}

std::optional<Metadata> Metadata::section(const std::string& key) const {
    const nlohmann::json* value = find(key);
    if (value == nullptr || value->empty()) return std::nullopt;
    if (!value->is_object())
        throw Failure(FailureKind::kBadFile, name_of(key) + " is " + shown(*value), {}, "needs an object");
    Metadata out(*value, "");
    out.section_ = name_of(key) + ".";
    return out;
}

}  // namespace gatescope
