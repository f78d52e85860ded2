#include "model/families/metadata.h"

#include <cmath>
#include <utility>

#include "model/core/error.h"

namespace gatescope {
namespace {

// A GGUF's strings may be no UTF-8.
std::string shown(const nlohmann::json& value) {
    return one_line(value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace), 40);
}

}  // namespace

Metadata::Metadata(const nlohmann::json& json, std::string prefix) : json_(json), prefix_(std::move(prefix)) {}

const nlohmann::json* Metadata::find(const std::string& key) const {
    const auto found = json_.find(prefix_ + key);
    return found == json_.end() || found->is_null() ? nullptr : &*found;
}

const nlohmann::json& Metadata::require(const std::string& key) const {
    if (const nlohmann::json* value = find(key)) return *value;
    throw Failure(FailureKind::kBadFile, "the metadata lacks " + prefix_ + key);
}

bool Metadata::has(const std::string& key) const {
    return find(key) != nullptr;
}

std::int64_t Metadata::integer(const std::string& key, std::int64_t least, std::int64_t most) const {
    const nlohmann::json& value = require(key);
    const std::string range = "a whole number from " + std::to_string(least) + " to " + std::to_string(most);
    const bool too_big = value.is_number_unsigned() && value.get<std::uint64_t>() > static_cast<std::uint64_t>(most);
    if (!value.is_number_integer() || too_big || value.get<std::int64_t>() < least || value.get<std::int64_t>() > most)
        throw Failure(FailureKind::kBadFile, prefix_ + key + " is " + shown(value), {}, "needs " + range);
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
        throw Failure(FailureKind::kBadFile, prefix_ + key + " is " + shown(value), {},
                      "needs a finite number above 0");
    return number;
}

double Metadata::positive_or(const std::string& key, double most, double otherwise) const {
    return has(key) ? positive(key, most) : otherwise;
}

std::optional<std::string> Metadata::text(const std::string& key) const {
    const nlohmann::json* value = find(key);
    if (value == nullptr) return std::nullopt;
    if (!value->is_string()) throw Failure(FailureKind::kBadFile, prefix_ + key + " is not a text");
    return value->get<std::string>();
}

}  // namespace gatescope
