// BPE of a tokenizer.json: over bytes where ByteLevel stands in front, else over characters.

#include <algorithm>

#include "model/core/error.h"
#include "model/tokenizer/byte_alphabet.h"
#include "model/tokenizer/models/bpe_merges.h"
#include "model/tokenizer/models/byte_level_bpe.h"
#include "model/tokenizer/models/character_bpe.h"
#include "model/tokenizer/models/models.h"
#include "model/tokenizer/vocabulary_json.h"

namespace gatescope {
namespace {

CharacterBpeOptions read_options(const StageJson& stage) {
    const nlohmann::json* const dropout = stage.find("dropout");
    if (dropout && !(dropout->is_number() && dropout->get<double>() == 0))
        throw Failure(FailureKind::kUnsupported, "merges are dropped at random: ids would differ each time",
                      stage.where() + ".dropout", "allowed: null, 0");
    CharacterBpeOptions options;
    options.unknown = stage.optional_string("unk_token").value_or("");
    options.prefix = stage.optional_string("continuing_subword_prefix").value_or("");
    options.suffix = stage.optional_string("end_of_word_suffix").value_or("");
    options.fuse_unknown = stage.flag("fuse_unk", false);
    options.byte_fallback = stage.flag("byte_fallback", false);
    options.ignore_merges = stage.flag("ignore_merges", false);
    return options;
}

// Raw bytes give the same ids as spelled ones unless a byte may fall back or characters are spelled otherwise.
bool fits_bytes(const CharacterBpeOptions& options, const std::vector<std::int32_t>& byte_ids) {
    if (options.byte_fallback || !options.prefix.empty() || !options.suffix.empty()) return false;
    return options.unknown.empty() || std::find(byte_ids.begin(), byte_ids.end(), -1) == byte_ids.end();
}

WholePieces tokens_as_bytes(const Vocabulary& vocabulary) {
    WholePieces whole;
    for (std::size_t id = 0; id < vocabulary.size(); ++id)
        if (const auto bytes = bytes_of_token(vocabulary.tokens()[id]); bytes && !bytes->empty())
            whole[*bytes] = static_cast<std::int32_t>(id);
    return whole;
}

}  // namespace

ModelStage make_bpe(const StageJson& stage, bool byte_level) {
    CharacterBpeOptions options = read_options(stage);
    auto vocabulary = read_vocabulary(stage.require("vocab"), stage.where() + ".vocab");
    const std::vector<BpeMerge> merges =
        read_merges(stage.require("merges"), *vocabulary, options.prefix.size(), stage.where() + ".merges");
    std::vector<std::int32_t> byte_ids = find_byte_ids(*vocabulary);
    ModelStage out{"BPE", vocabulary, nullptr};
    if (byte_level && fits_bytes(options, byte_ids)) {
        out.kind = "byte-level BPE";
        out.model = std::make_unique<ByteLevelBpe>(
            std::move(byte_ids), merges, options.ignore_merges ? tokens_as_bytes(*vocabulary) : WholePieces{});
    } else {
        if (options.byte_fallback) out.kind = "BPE with byte fallback";
        out.model = std::make_unique<CharacterBpe>(vocabulary, merges, std::move(options));
    }
    return out;
}

}  // namespace gatescope
