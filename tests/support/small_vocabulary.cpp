#include "tests/support/small_vocabulary.h"

#include <algorithm>
#include <cstdint>

#include "model/tokenizer/byte_alphabet.h"
#include "model/tokenizer/gguf_vocab.h"

namespace gatescope {

nlohmann::json small_metadata(const std::vector<std::string>& merges, const std::string& pre) {
    std::vector<std::string> tokens = {"<s>", "<|end|>"};
    for (const std::string& character : byte_alphabet()) tokens.push_back(character);
    for (const std::string& merge : merges) {
        std::string merged = merge;
        merged.erase(merged.find(' '), 1);
        if (std::find(tokens.begin(), tokens.end(), merged) == tokens.end()) tokens.push_back(merged);
    }
    std::vector<int> types(tokens.size(), 1);
    types[0] = types[1] = 3;
    return {{"tokenizer.ggml.model", "gpt2"},     {"tokenizer.ggml.pre", pre},
            {"tokenizer.ggml.tokens", tokens},    {"tokenizer.ggml.merges", merges},
            {"tokenizer.ggml.token_type", types}, {"tokenizer.ggml.bos_token_id", 0}};
}

std::int32_t byte_id(char byte) {
    return 2 + static_cast<std::uint8_t>(byte);
}

BpeVocab small_vocab(const std::vector<std::string>& merges, const std::string& pre) {
    return read_gguf_vocab(small_metadata(merges, pre));
}

}  // namespace gatescope
