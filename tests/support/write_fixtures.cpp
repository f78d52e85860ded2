// write_fixtures FOLDER: what the transcripts run on: a tiny random model with a tokenizer, texts and token files, good
// and bad.
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/support/small_vocabulary.h"
#include "tests/support/tiny_llama.h"

namespace gatescope {
namespace {

namespace fs = std::filesystem;

void write(const fs::path& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
}

std::string tiny_model() {
    const nlohmann::json metadata = small_metadata();
    TinyLlama shape;
    shape.d_vocab = static_cast<std::uint32_t>(metadata.at("tokenizer.ggml.tokens").size());
    GgufBuilder builder = tiny_llama(shape);
    builder.add_string("tokenizer.ggml.model", metadata.at("tokenizer.ggml.model").get<std::string>());
    builder.add_string("tokenizer.ggml.pre", metadata.at("tokenizer.ggml.pre").get<std::string>());
    for (const char* key : {"tokenizer.ggml.tokens", "tokenizer.ggml.merges"})
        builder.add_array_string(key, metadata.at(key).get<std::vector<std::string>>());
    builder.add_array_i32("tokenizer.ggml.token_type",
                          metadata.at("tokenizer.ggml.token_type").get<std::vector<std::int32_t>>());
    builder.add_u32("tokenizer.ggml.bos_token_id", 0);
    return builder.bytes();
}

std::string prose(std::size_t sentences) {
    std::string out;
    for (std::size_t n = 0; n < sentences; ++n) out += "the cat sat on the mat number " + std::to_string(n) + ".\n";
    return out;
}

std::string npy(const std::string& type, const std::string& shape, std::size_t data_bytes) {
    std::string header = "{'descr': '" + type + "', 'fortran_order': False, 'shape': " + shape + ", }";
    header.resize(117, ' ');
    header += "\n";
    return std::string("\x93NUMPY\x01\x00\x76\x00", 10) + header + std::string(data_bytes, '\x05');
}

// int64 ids 0, 1, 2, ... of which the last is `last`.
std::string ids(std::size_t count, std::int64_t last) {
    std::string out = npy("<i8", "(" + std::to_string(count) + ",)", 0);
    for (std::size_t n = 0; n < count; ++n) {
        const std::int64_t id = n + 1 == count ? last : static_cast<std::int64_t>(n);
        out.append(reinterpret_cast<const char*>(&id), sizeof id);
    }
    return out;
}

// Recipes of a model that trains within a second, on the texts of the folder `documents`.
std::string mini_recipe(const std::string& rest) {
    return R"({"format": "gatescope-recipe", "version": 1, "name": "mini",
  "model": {"family": "gpt2", "n_layers": 2, "d_model": 16, "n_heads": 2},
  "data": {"text": "documents", "separator": "", "held_out_share": 0.2, "vocabulary": 300},
  "train": {"steps": 6, "batch": 2, "window": 16, "warmup": 2, "threads": 1},
  "report": {"every": 2, "held_out_windows": 2, "checkpoint_every": 3})" +
           rest + "}\n";
}

void write_training(const fs::path& folder) {
    fs::create_directory(folder / "documents");
    for (int n = 0; n < 8; ++n) {
        std::string text;
        for (int sentence = 0; sentence < 60; ++sentence)
            text += "document " + std::to_string(n) + " says " + std::to_string(sentence * (n + 3)) + " of its cats.\n";
        write(folder / "documents" / (std::to_string(n) + ".txt"), text);
    }
    write(folder / "mini.json", mini_recipe(""));
    write(folder / "arms.json", mini_recipe(R"(,
  "arms": [{"name": "dense"}, {"name": "soft", "gate": {"gate": "soft-learned", "dim": 4}}],
  "seeds": [0, 1])"));
}

void write_fixtures(const fs::path& folder) {
    write_training(folder);
    const std::string model = tiny_model();
    write(folder / "tiny.gguf", model);
    write(folder / "truncated.gguf", model.substr(0, model.size() - 100));
    write(folder / "empty.gguf", "");
    write(folder / "text.txt", prose(30));
    write(folder / "long.txt", prose(4000));
    write(folder / "two.txt", "ab");
    write(folder / "one.txt", "a");
    write(folder / "empty.txt", "");
    write(folder / "latin.txt", "caf\xe9 au lait");
    write(folder / "ids.npy", ids(100, 99));
    write(folder / "too_large.npy", ids(100, 100000));
    write(folder / "negative.npy", ids(100, -1));
    write(folder / "claims_more.npy", npy("<i8", "(1000,)", 80));
    write(folder / "claims_2_64.npy", npy("<i8", "(18446744073709551619,)", 80));
    write(folder / "float.npy", npy("<f4", "(20,)", 80));
    write(folder / "square.npy", npy("<i8", "(2, 5)", 80));
    write(folder / "not.npy", "1 2 3 4");
}

}  // namespace
}  // namespace gatescope

int main(int argc, char** argv) {
    if (argc != 2) return 2;
    gatescope::write_fixtures(argv[1]);
    return 0;
}
