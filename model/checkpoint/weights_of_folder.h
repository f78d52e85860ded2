#pragma once
// Which file of a folder holds a model's weights.

#include <filesystem>

namespace gatescope {

// The index or file to open, by Hugging Face's names first, then a file that is alone in its kind; what training leaves
// beside it (optimizer.pt, training_args.bin ...) is passed over. Throws Failure: kNotFound when the folder has no
// weights, kUnsupported when it has several or only ones of other programs.
std::filesystem::path weights_of_folder(const std::filesystem::path& folder);

// The names that an index of shards may end with.
bool is_shard_index(const std::filesystem::path& path);

}  // namespace gatescope
