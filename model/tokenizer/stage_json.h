#pragma once
// One object of a tokenizer.json, read field by field; every complaint names the place ("tokenizer.json:
// normalizer.normalizers[1].prepend").

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gatescope {

class StageJson {
  public:
    // `json` outlives this object. Throws Failure(kBadFile) unless it is an object.
    StageJson(const nlohmann::json& json, std::string where);

    const std::string& where() const { return where_; }
    // True when the field is there and not null.
    bool has(const char* field) const { return find(field) != nullptr; }
    const nlohmann::json* find(const char* field) const;     // nullptr when missing or null
    const nlohmann::json& require(const char* field) const;  // throws Failure(kBadFile)
    // The field, or `otherwise` when it is missing or null. Throws Failure(kBadFile) when it is of another type.
    bool flag(const char* field, bool otherwise) const;
    std::int64_t integer(const char* field, std::int64_t otherwise) const;
    // The field's string. Throws Failure(kBadFile) when it is missing, no string, or longer than any honest one: what
    // is put into a text again and again must not be the size of a file.
    const std::string& string(const char* field) const;
    std::optional<std::string> optional_string(const char* field) const;
    // The field as an object, or every element of the field, an array of objects.
    StageJson object(const char* field) const;
    std::vector<StageJson> objects(const char* field) const;
    // "WHERE.FIELD: what" as a Failure(kBadFile).
    [[noreturn]] void bad(const char* field, const std::string& what) const;

  private:
    const nlohmann::json* json_;
    std::string where_;
};

}  // namespace gatescope
