#pragma once
// Opening what a run needs, the same way for the window and the command line. `sample` stands for the sample model and
// text.

#include <filesystem>
#include <memory>
#include <string>

#include "analysis/results.h"
#include "model/core/job_context.h"

namespace gatescope {

class CheckpointReader;
class Tokenizer;
class Transformer;

// What the user wants the model to run on.
struct DeviceWish {
    std::string device = "best";
    std::string dtype = "float32";
    int threads = 0;  // 0: all cores
};

// A checkpoint whose headers are read, and, once loaded, its transformer.
struct Model {
    Model();
    ~Model();
    std::unique_ptr<CheckpointReader> reader;
    std::unique_ptr<Tokenizer> tokenizer;
    std::unique_ptr<Transformer> transformer;  // nullptr: headers only
    std::shared_ptr<const ModelSummary> summary;
};

// "sample" -> the sample's path in the cache folder; other paths as they are. Throws Failure(kNotFound).
std::filesystem::path model_path(const std::string& model);
std::filesystem::path text_path(const std::string& text);

// Headers, config and tokenizer; with `load` also the weights, and with `hash` their sha256.
std::unique_ptr<Model> open_model(const std::string& model, bool load, bool hash, const DeviceWish& wish,
                                  JobContext& job);

// Reads and tokenizes a text as far as its windows need (windows 0: all) and cuts it.
std::shared_ptr<const TextWindows> open_text(const std::string& text, const Tokenizer& tokenizer,
                                             std::int64_t window_length, std::int64_t windows, JobContext& job);
// The same for a text that was typed in.
std::shared_ptr<const TextWindows> cut_text(const std::string& name, const std::string& contents,
                                            const Tokenizer& tokenizer, std::int64_t window_length,
                                            std::int64_t windows, JobContext& job);
// int64 ids of an .npy (--tokens).
std::shared_ptr<const TextWindows> open_tokens(const std::string& path, const Model& model, std::int64_t window_length,
                                               std::int64_t windows, JobContext& job);

}  // namespace gatescope
