#include "app/cli/visible.h"

#include <nlohmann/json.hpp>

#include "model/tokenizer/tokenizer.h"

namespace gatescope {

std::string visible(const std::string& piece) {
    const std::string quoted = nlohmann::json(replace_invalid_utf8(piece)).dump();
    return quoted.substr(1, quoted.size() - 2);
}

}  // namespace gatescope
