#pragma once
// Opening what a run needs, the same way for the window and the command line. `sample` stands for the sample model and
// text, `sample-train` for the sample's text to train on.

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "analysis/results.h"
#include "model/core/error.h"
#include "model/core/job_context.h"

namespace gatescope {

class CheckpointReader;
class Tokenizer;
class Transformer;

// What the user wants the model to run on.
struct DeviceWish {
    std::string device = "best";
    std::string dtype = "float32";
    int threads = 0;                   // 0: all cores
    std::int64_t window_length = 512;  // of the longest window that will run: it takes memory, too
    bool maps = true;                  // as in MemoryWish
};

// A checkpoint whose headers are read, and, once loaded, its transformer.
struct Model {
    Model();
    ~Model();
    // Shared with what goes on reading or tokenizing while the model is closed.
    std::shared_ptr<const CheckpointReader> reader;
    std::shared_ptr<Tokenizer> tokenizer;      // nullptr: there is none, or none that works
    std::optional<Failure> tokenizer_failure;  // why, where the tokenizer is nullptr
    std::unique_ptr<Transformer> transformer;  // nullptr: headers only
    std::uint64_t weight_bytes = 0;            // that the transformer holds on its device
    std::shared_ptr<const ModelSummary> summary;
};

// "sample" -> the sample's path in the cache folder; other paths as they are. Throws Failure(kNotFound).
std::filesystem::path model_path(const std::string& model);
std::filesystem::path text_path(const std::string& text);

// Headers, config and tokenizer; with `load` also the weights, and with `hash` their sha256.
std::unique_ptr<Model> open_model(const std::string& model, bool load, bool hash, const DeviceWish& wish,
                                  JobContext& job);

// The weights of a model of which only the headers were read; with `hash` their sha256, too. Checks `wish` first, and
// that there is room: Failure(kResource) before anything is read.
void load_weights(Model& model, bool hash, const DeviceWish& wish, JobContext& job);

// The gates with the key sets that they name read, and the other files checked: shapes, values and whom they were
// trained on. Hashes the weights where a gate needs that. Throws Failure, Cancelled.
std::vector<GateSpec> check_gate_files(const std::vector<GateSpec>& gates, const Model& model, JobContext& job);

// What of the file the model uses.
struct TensorReport {
    std::int64_t used = 0;
    std::vector<std::string> unused, missing;
    std::vector<std::string> odd;  // of another shape than the model needs, which it says
};
TensorReport tensor_report(const Model& model);

// The model's tokenizer. Throws what kept it from being read.
const Tokenizer& tokenizer_of(const Model& model);
// The tokenizer alone, of a checkpoint whose model may be of any kind. Throws as open_model() does.
std::unique_ptr<Tokenizer> open_tokenizer(const std::string& model);

// The bytes of a text file. Throws Failure(kNotFound, kBadFile, kUsage) when it can't be read, is empty or not UTF-8.
std::string read_text(const std::filesystem::path& path);

// Reads and tokenizes a text as far as its windows need (windows 0: all) and cuts it. Throws Failure, also where the
// tokenizer gives ids that the model doesn't have.
std::shared_ptr<const TextWindows> open_text(const std::string& text, const Model& model, std::int64_t window_length,
                                             std::int64_t windows, JobContext& job);
// The same for a text that was typed in.
std::shared_ptr<const TextWindows> cut_text(const std::string& name, const std::string& contents, const Model& model,
                                            std::int64_t window_length, std::int64_t windows, JobContext& job);
// int64 ids of an .npy (--tokens). Needs no tokenizer: pieces are then the ids.
std::shared_ptr<const TextWindows> open_tokens(const std::string& path, const Model& model, std::int64_t window_length,
                                               std::int64_t windows, JobContext& job);

}  // namespace gatescope
