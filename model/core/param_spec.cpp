#include "model/core/param_spec.h"

#include <charconv>
#include <cmath>

#include "model/core/error.h"

namespace gatescope {
namespace {

std::string print_real(double value) {
    char buffer[40];
    const auto [end, status] = std::to_chars(buffer, buffer + sizeof buffer, value);
    return {buffer, status == std::errc{} ? end : buffer};
}

Failure refused(const ParamSpec& spec, const std::string& given, const std::string& where, const std::string& allowed) {
    return {FailureKind::kUsage, spec.key + "=" + given + " is not allowed", where, spec.key + " takes " + allowed};
}

template <typename Number>
bool parse_number(const std::string& given, Number& out) {
    const char* end = given.data() + given.size();
    const auto [stopped, status] = std::from_chars(given.data(), end, out);
    return status == std::errc{} && stopped == end && !given.empty();
}

// 1000000000, not 1e+09, of whole numbers.
std::string print_limit(double value) {
    constexpr double kMostWhole = 1e15;
    if (value == std::floor(value) && std::abs(value) < kMostWhole)
        return std::to_string(static_cast<std::int64_t>(value));
    return print_real(value);
}

std::string range_of(const ParamSpec& spec) {
    return " from " + print_limit(spec.least) + " to " + print_limit(spec.most);
}

bool outside(const ParamSpec& spec, double value) {
    return !std::isfinite(value) || value < spec.least || value > spec.most;
}

}  // namespace

ParamValues initial_values(const std::vector<ParamSpec>& specs) {
    ParamValues out;
    for (const ParamSpec& spec : specs) out[spec.key] = spec.initial;
    return out;
}

ParamValue parse_value(const ParamSpec& spec, const std::string& given, const std::string& where) {
    switch (spec.kind) {
        case ParamKind::kInteger: {
            std::int64_t value = 0;
            if (!parse_number(given, value) || outside(spec, static_cast<double>(value)))
                throw refused(spec, given, where, "a whole number" + range_of(spec));
            return value;
        }
        case ParamKind::kReal: {
            double value = 0;
            if (!parse_number(given, value) || outside(spec, value))
                throw refused(spec, given, where, "a number" + range_of(spec));
            return value;
        }
        case ParamKind::kFlag:
            if (given != "0" && given != "1") throw refused(spec, given, where, "0 or 1");
            return given == "1";
        case ParamKind::kFile:
            if (given.empty()) throw refused(spec, given, where, "a file");
            return given;
        case ParamKind::kText:
            return given;
    }
    throw refused(spec, given, where, "nothing known");
}

std::string print_value(const ParamValue& value) {
    if (const auto* whole = std::get_if<std::int64_t>(&value)) return std::to_string(*whole);
    if (const auto* number = std::get_if<double>(&value)) return print_real(*number);
    if (const auto* on = std::get_if<bool>(&value)) return *on ? "1" : "0";
    return std::get<std::string>(value);
}

std::int64_t integer(const ParamValues& values, const std::string& key) {
    return std::get<std::int64_t>(values.at(key));
}
double real(const ParamValues& values, const std::string& key) {
    return std::get<double>(values.at(key));
}
bool flag(const ParamValues& values, const std::string& key) {
    return std::get<bool>(values.at(key));
}
const std::string& text(const ParamValues& values, const std::string& key) {
    return std::get<std::string>(values.at(key));
}

}  // namespace gatescope
