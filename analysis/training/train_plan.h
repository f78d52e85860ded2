#pragma once
// One run of a recipe: an arm with a seed, its fields as typed values. No torch.

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "analysis/training/recipe.h"
#include "model/config.h"
#include "model/core/index_set.h"
#include "model/families/scratch.h"

namespace gatescope {

// What of a model trains. Norms of a sublayer go with `kNorms`, biases with their matrix.
enum class TrainedPart { kEmbeddings, kQueries, kKeys, kValues, kOutputs, kMlp, kNorms, kHead };

struct TrainPlan {
    std::string name;    // "tiny", or "tiny soft-learned seed 1": of the run, for people and captures
    std::string folder;  // below the recipe's folder: "soft-learned-seed-1"; empty where the recipe is one run
    std::string arm;     // "" where the recipe has none
    std::int64_t seed = 0;
    Recipe recipe;  // of this run alone: at most one arm, one seed; train_plans() makes the same plan of it

    bool from_scratch = true;
    ScratchShape shape;      // from_scratch
    std::string checkpoint;  // else: "sample" or a path

    std::vector<std::string> texts;  // "sample-train", files, folders of .txt files
    std::string separator;           // between documents of a file; empty: a file is a document
    double held_out_share = 0.05;    // of the documents' bytes
    std::string tokenizer;           // "own", "model", or a model's path
    std::int64_t vocabulary = 0;     // of "own", byte tokens and <|endoftext|> included

    // Gate syntax; of a trainable gate without file=: its arrays start here and train with the model where train_gate.
    std::string gate = "dense";
    std::int64_t gate_dim = 32;
    bool gate_rope = false;
    bool train_gate = true;

    std::set<TrainedPart> parts;
    IndexSet layers;  // embeddings and head are of none: they go by `parts` alone
    std::int64_t steps = 0, batch = 8, accumulation = 1, window_length = 256;
    double learning_rate = 1e-3, gate_learning_rate = 1e-3, final_share = 0.1, weight_decay = 0.1;
    double first_decay = 0.9, second_decay = 0.95, clip = 1.0;  // clip 0: none
    std::int64_t warmup = 100;                                  // steps
    DataType precision = DataType::kFloat32;
    int threads = 0;  // 0: all cores

    std::int64_t report_every = 50, held_out_windows = 16;
    std::int64_t checkpoint_every = 250, keep_checkpoints = 0;  // 0: all
    bool concentration = true;                                  // by layer, at every report
};

// Every arm with every seed, in the order of the recipe; paths of files are whole. Throws Failure(kUsage) naming the
// field where a value is not allowed or values contradict each other.
std::vector<TrainPlan> train_plans(const Recipe& recipe);

}  // namespace gatescope
