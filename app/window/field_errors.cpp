#include "app/window/field_errors.h"

namespace gatescope {

std::string fault_words(const Failure& failure, const std::string& key) {
    const std::string part = key.substr(key.find('.') + 1) + " takes ";
    if (failure.hint().starts_with(part)) return "takes " + failure.hint().substr(part.size());
    return failure.fault() + (failure.hint().empty() ? "" : "; " + failure.hint());
}

}  // namespace gatescope
