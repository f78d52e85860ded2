#pragma once
// The checkpoint formats this version reads: the one list that opening, help, file dialogs and errors are made from.

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/checkpoint/checkpoint_reader.h"

namespace gatescope {

struct CheckpointFormat {
    std::string_view id;                       // "gguf"
    std::string_view label;                    // "GGUF"
    std::string_view help;                     // one sentence
    std::vector<std::string_view> extensions;  // ".gguf", the usual one first
    // Whether a file of these first bytes (16 at most) is of this format. Where no format says so, the extension
    // decides, and what is wrong with the file is for open() to say.
    bool (*begins)(std::span<const std::byte> head);
    std::unique_ptr<CheckpointReader> (*open)(const std::filesystem::path& path);
    // Opens a sharded checkpoint by its index; nullptr where the format has none.
    std::unique_ptr<CheckpointReader> (*open_index)(const std::filesystem::path& index);
};

// In the order that a folder is searched in.
const std::vector<CheckpointFormat>& checkpoint_formats();

// All extensions of all formats: what a file dialog lists.
std::vector<std::string> checkpoint_extensions();

// For a hint: "this version reads GGUF (.gguf), ...".
std::string known_formats();

}  // namespace gatescope
