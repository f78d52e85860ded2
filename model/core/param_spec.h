#pragma once
// Parameters that describe themselves: a gate (recipe, metric ...) lists ParamSpecs, and the window's controls, the
// command line's syntax and help, and a capture's attributes are all made from them.

#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

namespace gatescope {

enum class ParamKind { kInteger, kReal, kFlag, kFile, kText };

// What of a run a number is no use above: a slider ends there. The number itself may be larger.
enum class ParamEnd { kWindow, kHeadWidth };

using ParamValue = std::variant<std::int64_t, double, bool, std::string>;

struct ParamSpec {
    std::string key;    // as in the gate syntax: "k"
    std::string label;  // as in the window: "Keys k"
    std::string help;   // one sentence
    ParamKind kind = ParamKind::kInteger;
    ParamValue initial;  // the default; its alternative follows `kind`
    double least = 0;    // inclusive range of numbers
    double most = 0;
    bool required = false;     // must be given on the command line
    bool logarithmic = false;  // slider scale
    ParamEnd end = ParamEnd::kWindow;
};

// Values by key, complete: every spec has one.
using ParamValues = std::map<std::string, ParamValue>;

// All defaults.
ParamValues initial_values(const std::vector<ParamSpec>& specs);

// Parses `text` for `spec`; `where` names the gate in errors. Throws Failure(kUsage) with what is allowed.
ParamValue parse_value(const ParamSpec& spec, const std::string& text, const std::string& where);

// The text that parse_value() reads back as the same value.
std::string print_value(const ParamValue& value);

std::int64_t integer(const ParamValues& values, const std::string& key);
double real(const ParamValues& values, const std::string& key);
bool flag(const ParamValues& values, const std::string& key);
const std::string& text(const ParamValues& values, const std::string& key);

}  // namespace gatescope
