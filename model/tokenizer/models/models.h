#pragma once
// The kinds of model that a tokenizer.json may name. A new kind is one file and one line in models.cpp.

#include <memory>
#include <string>
#include <vector>

#include "model/tokenizer/stage_json.h"
#include "model/tokenizer/token_model.h"
#include "model/tokenizer/vocabulary.h"

namespace gatescope {

struct ModelStage {
    std::string kind;  // as `info` shows it: "BPE, byte-level"
    std::shared_ptr<const Vocabulary> vocabulary;
    std::unique_ptr<TokenModel> model;
};

struct ModelKind {
    const char* id;  // "type" in the file
    // `byte_level`: the last stage in front is ByteLevel, so that the model may take raw bytes (takes_raw_bytes).
    ModelStage (*make)(const StageJson& stage, bool byte_level);
};

// Every known kind, in the order in which messages list them.
const std::vector<ModelKind>& model_kinds();

// The model that `stage` describes. Throws Failure: kUnsupported listing the known kinds, kBadFile naming the field.
ModelStage make_model(const StageJson& stage, bool byte_level);

}  // namespace gatescope
