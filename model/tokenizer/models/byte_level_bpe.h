#pragma once
// BPE over the bytes of a piece: what ByteLevel in front and a vocabulary in GPT-2's byte alphabet come down to.

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "model/tokenizer/bpe_merger.h"
#include "model/tokenizer/token_model.h"

namespace gatescope {

using WholePieces = std::unordered_map<std::string, std::int32_t>;  // by their bytes

class ByteLevelBpe : public TokenModel {
  public:
    // byte_ids: [256] the token of each single byte, -1 where there is none: such a byte is left out, as by the
    // tokenizers package without an unknown token. whole: pieces that are one token whatever the merges say.
    ByteLevelBpe(std::vector<std::int32_t> byte_ids, const std::vector<BpeMerge>& merges, WholePieces whole = {})
        : byte_ids_(std::move(byte_ids)), merger_(merges), whole_(std::move(whole)) {}

    std::unique_ptr<Worker> open(JobContext* job) const override;
    bool takes_raw_bytes() const override { return true; }

  private:
    class ByteWorker;

    std::vector<std::int32_t> byte_ids_;
    BpeMerger merger_;
    WholePieces whole_;
};

}  // namespace gatescope
