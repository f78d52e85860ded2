#include "captures/group_name.h"

#include <algorithm>

namespace gatescope {

std::string group_name(const std::string& name, std::set<std::string>& taken) {
    std::string plain = name.find_first_not_of('.') == std::string::npos ? "unnamed" : name;
    std::replace(plain.begin(), plain.end(), '/', '!');
    std::string out = plain;
    for (int n = 2; !taken.insert(out).second; ++n) out = plain + " (" + std::to_string(n) + ")";
    return out;
}

}  // namespace gatescope
