#pragma once
// The kinds of normalizer that a tokenizer.json may name. A new kind is one file and one line in normalizers.cpp.

#include <memory>
#include <vector>

#include "model/tokenizer/normalizer.h"
#include "model/tokenizer/stage_json.h"

namespace gatescope {

struct NormalizerKind {
    const char* id;  // "type" in the file
    std::unique_ptr<Normalizer> (*make)(const StageJson& stage);
};

// Every known kind, in the order in which messages list them.
const std::vector<NormalizerKind>& normalizer_kinds();

// The stage that `stage` describes. Throws Failure: kUnsupported listing the known kinds, kBadFile naming the field.
std::unique_ptr<Normalizer> make_normalizer(const StageJson& stage);

}  // namespace gatescope
