#pragma once
// How a stage's "type" is looked up in the list of its kinds.

#include <string>
#include <vector>

#include "model/core/error.h"
#include "model/core/registry.h"
#include "model/tokenizer/stage_json.h"

namespace gatescope {

// The entry of `kinds` that `stage` names. Throws Failure(kUnsupported) listing them.
template <typename Kind>
const Kind& kind_of(const std::vector<Kind>& kinds, const StageJson& stage, const std::string& what) {
    const std::string& type = stage.string("type");
    try {
        return find_entry(kinds, type, what, FailureKind::kUnsupported);
    } catch (const Failure& failure) {
        throw failure.at(stage.where());
    }
}

}  // namespace gatescope
