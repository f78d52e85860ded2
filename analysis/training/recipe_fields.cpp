// What a recipe can say, field by field: files, checks, schema, help and the window's form follow from here.
#include <algorithm>

#include "analysis/training/recipe.h"
#include "model/core/closest_match.h"
#include "model/core/error.h"
#include "model/families/scratch.h"
#include "model/gates/gate_syntax.h"

namespace gatescope {
namespace {

bool from_scratch(const ParamValues& values) {
    return text(values, "model.from") == "scratch";
}
bool from_checkpoint(const ParamValues& values) {
    return !from_scratch(values);
}
bool own_tokenizer(const ParamValues& values) {
    return from_scratch(values) && text(values, "data.tokenizer") == "own";
}
// Arrays of a gate begin here. A gate that can't be read has none: the check of the gate itself says why.
bool gate_begins(const ParamValues& values) {
    try {
        const GateSpec gate = parse_trained_gate(text(values, "gate.gate"));
        return std::any_of(gate.terms.begin(), gate.terms.end(), lacks_file);
    } catch (const Failure&) {
        return false;
    }
}
bool gate_trains(const ParamValues& values) {
    return gate_begins(values) && flag(values, "gate.train");
}

struct Range {
    double least = 0, most = 0;
    bool logarithmic = false;
};

ParamSpec spec_of(const char* key, const char* label, const char* help, ParamKind kind, ParamValue initial,
                  Range range = {}) {
    return {.key = key,
            .label = label,
            .help = help,
            .kind = kind,
            .initial = std::move(initial),
            .least = range.least,
            .most = range.most,
            .logarithmic = range.logarithmic};
}
ParamSpec whole(const char* key, const char* label, std::int64_t initial, Range range, const char* help) {
    return spec_of(key, label, help, ParamKind::kInteger, initial, range);
}
ParamSpec number(const char* key, const char* label, double initial, Range range, const char* help) {
    return spec_of(key, label, help, ParamKind::kReal, initial, range);
}
ParamSpec yes_or_no(const char* key, const char* label, bool initial, const char* help) {
    return spec_of(key, label, help, ParamKind::kFlag, initial);
}
ParamSpec words(const char* key, const char* label, const char* initial, const char* help) {
    return spec_of(key, label, help, ParamKind::kText, std::string(initial));
}
ParamSpec file(const char* key, const char* label, const char* initial, const char* help) {
    return spec_of(key, label, help, ParamKind::kFile, std::string(initial));
}

constexpr Range kSteps{1, 1e9, true};
constexpr Range kRate{0, 10, true};

std::vector<RecipeField> model_fields() {
    const std::string section = "model";
    std::vector<RecipeField> out = {
        {.section = section,
         .spec = words("from", "Begin with", "scratch",
                       "scratch: a new model with random first values; checkpoint: one that is there already."),
         .choices = {"scratch", "checkpoint"}},
        {.section = section,
         .spec = file("checkpoint", "Checkpoint", "sample",
                      "The model to go on with: a folder or file as everywhere, or the word sample."),
         .applies = from_checkpoint},
        {.section = section,
         .spec = words("family", "Family", "gpt2",
                       "Whose architecture: gpt2 learns a vector for every position, llama rotates queries and keys."),
         .choices = scratch_families()},
        {.section = section, .spec = whole("n_layers", "Layers", 4, {1, 256}, "How many blocks stand on each other.")},
        {.section = section,
         .spec = whole("d_model", "Width", 128, {8, 16384}, "Channels of the residual stream."),
         .unit = "channels"},
        {.section = section, .spec = whole("n_heads", "Heads", 4, {1, 256}, "Attention heads of a layer.")},
        {.section = section,
         .spec = whole("n_kv_heads", "Key/value heads", 0, {0, 256},
                       "Heads of keys and values, shared by groups of query heads; 0 for as many as heads."),
         .advanced = true},
        {.section = section,
         .spec = whole("d_mlp", "MLP width", 0, {0, 65536},
                       "Channels inside the MLP; 0 for the family's usual share of the width."),
         .unit = "channels",
         .advanced = true},
        {.section = section,
         .spec = whole("n_ctx", "Positions", 0, {0, 1 << 20},
                       "The longest text that the model will take; 0 for as long as the training windows."),
         .unit = "tokens",
         .advanced = true},
        {.section = section,
         .spec = yes_or_no("tied_embeddings", "Tied embeddings", false,
                           "Is the matrix that reads tokens the one that predicts them, too?"),
         .advanced = true},
        {.section = section,
         .spec = number("deviation", "First values", 0.02, {1e-6, 1, true},
                        "Standard deviation of the matrices' random first values."),
         .advanced = true}};
    for (RecipeField& field : out)
        if (field.applies == nullptr && field.spec.key != "from") field.applies = from_scratch;
    return out;
}

std::vector<RecipeField> data_fields() {
    const std::string section = "data";
    return {{.section = section,
             .spec = file("text", "Text", "sample-train",
                          "UTF-8 files, folders of .txt files, or the word sample-train for the sample's own."),
             .several = true},
            {.section = section,
             .spec = words("separator", "Between documents", "\n\n\n",
                           "What stands between the documents of a file; empty where every file is one document."),
             .advanced = true},
            {.section = section,
             .spec = number("held_out_share", "Held out", 0.05, {0.001, 0.5},
                            "Share of the documents that is never trained on, to measure perplexity.")},
            {.section = section,
             .spec = file("tokenizer", "Tokenizer", "own",
                          "own: a byte-level BPE learned from the training documents; or a model whose tokenizer to "
                          "take."),
             .applies = from_scratch},
            {.section = section,
             .spec = whole("vocabulary", "Vocabulary", 4096, {257, 262144, true},
                           "Tokens of the own tokenizer, the 256 bytes and <|endoftext|> among them."),
             .unit = "tokens",
             .applies = own_tokenizer}};
}

std::vector<RecipeField> gate_fields() {
    const std::string section = "gate";
    return {{.section = section,
             .spec = words("gate", "Gate", "dense",
                           "What attention is under while it trains, as in oracle:k=64 or soft-learned; dense for "
                           "none.")},
            {.section = section,
             .spec = yes_or_no("train", "Train the gate", true,
                               "Does the gate learn with the model, or stay at its random first values?"),
             .applies = gate_begins},
            {.section = section,
             .spec = whole("dim", "Gate width", 32, {1, 4096}, "Channels in which the gate compares query and key."),
             .unit = "channels",
             .applies = gate_begins},
            {.section = section,
             .spec = yes_or_no("rope", "Rotate the gate", false,
                               "Are the gate's queries and keys rotated by their positions, so that it knows them?"),
             .advanced = true,
             .applies = gate_begins}};
}

// What learns, and for how long.
std::vector<RecipeField> course_fields() {
    const std::string section = "train";
    return {{.section = section,
             .spec = words("parts", "What trains", "embeddings\nqueries\nkeys\nvalues\noutputs\nmlp\nnorms\nhead",
                           "Which parameters of the model learn; all others stay as they are to the bit."),
             .choices = {"embeddings", "queries", "keys", "values", "outputs", "mlp", "norms", "head"},
             .several = true},
            {.section = section,
             .spec = words("layers", "In layers", "",
                           "Layers whose parameters learn, as 0-3,7; empty for all; embeddings and head are of none.")},
            {.section = section,
             .spec = whole("steps", "Steps", 1000, kSteps, "How often the parameters are changed."),
             .unit = "steps"},
            {.section = section,
             .spec = whole("batch", "Batch", 8, {1, 4096, true}, "Windows that run together."),
             .unit = "windows"},
            {.section = section,
             .spec = whole("accumulation", "Accumulate", 1, {1, 4096},
                           "Batches whose gradients are added up to one step: larger steps in the same memory."),
             .unit = "batches",
             .advanced = true},
            {.section = section,
             .spec = whole("window", "Window", 256, {2, 1 << 20, true}, "Length of the pieces that are trained on."),
             .unit = "tokens"},
            {.section = section,
             .spec = words("precision", "Precision", "float32",
                           "What matrices are multiplied in; bfloat16 is faster, and sums and losses stay float32."),
             .choices = {"float32", "bfloat16"}},
            {.section = section,
             .spec = whole("threads", "Threads", 0, {0, 1024},
                           "CPU threads; 0 for all cores; a run repeats to the bit with the same number."),
             .advanced = true}};
}

// How it learns.
std::vector<RecipeField> optimiser_fields() {
    const std::string section = "train";
    return {{.section = section,
             .spec = number("learning_rate", "Learning rate", 1e-3, kRate,
                            "Largest size of a step, reached after the warm-up.")},
            {.section = section,
             .spec = number("gate_learning_rate", "Gate's learning rate", 1e-3, kRate,
                            "The same for the arrays of the gate."),
             .applies = gate_trains},
            {.section = section,
             .spec = whole("warmup", "Warm-up", 100, {0, 1e9},
                           "Steps over which the learning rate rises from nothing to its largest."),
             .unit = "steps"},
            {.section = section,
             .spec = number("final_share", "Final share", 0.1, {0, 1},
                            "What is left of the learning rate at the end of its cosine; 1 keeps it constant."),
             .advanced = true},
            {.section = section,
             .spec = number("weight_decay", "Weight decay", 0.1, {0, 10},
                            "How strongly matrices are pulled towards zero, times the learning rate (AdamW)."),
             .advanced = true},
            {.section = section,
             .spec = number("first_decay", "Beta 1", 0.9, {0, 0.9999}, "Memory of AdamW's mean of the gradients."),
             .advanced = true},
            {.section = section,
             .spec = number("second_decay", "Beta 2", 0.95, {0, 0.99999}, "Memory of AdamW's mean of their squares."),
             .advanced = true},
            {.section = section,
             .spec = number("clip", "Clip", 1.0, {0, 1e6},
                            "Largest norm of a step's gradient, above which it is scaled down; 0 for none."),
             .advanced = true}};
}

std::vector<RecipeField> report_fields() {
    const std::string section = "report";
    return {{.section = section,
             .spec = whole("every", "Report every", 50, kSteps,
                           "Steps between two points of the curves, each with a perplexity on held-out text."),
             .unit = "steps"},
            {.section = section,
             .spec = whole("held_out_windows", "Held-out windows", 16, {1, 4096, true},
                           "How many windows of the held-out documents a report measures on."),
             .unit = "windows"},
            {.section = section,
             .spec = yes_or_no("concentration", "Concentration by layer", true,
                               "Does a report measure how concentrated each layer's attention is?"),
             .advanced = true},
            {.section = section,
             .spec = whole("checkpoint_every", "Checkpoint every", 250, kSteps,
                           "Steps between two checkpoints: what a crash can cost, and where the slider can stop."),
             .unit = "steps"},
            {.section = section,
             .spec = whole("keep_checkpoints", "Keep checkpoints", 0, {0, 1e6},
                           "How many checkpoints stay on the disk: the newest ones and the first; 0 for all."),
             .advanced = true}};
}

std::vector<RecipeField> all_fields() {
    std::vector<RecipeField> out;
    for (const auto& part :
         {model_fields(), data_fields(), gate_fields(), course_fields(), optimiser_fields(), report_fields()})
        out.insert(out.end(), part.begin(), part.end());
    return out;
}

}  // namespace

const std::vector<RecipeField>& recipe_fields() {
    static const std::vector<RecipeField> fields = all_fields();
    return fields;
}

const RecipeField& recipe_field(const std::string& name) {
    std::vector<std::string> names, keys;
    for (const RecipeField& field : recipe_fields()) {
        if (field.name() == name) return field;
        names.push_back(field.name());
        keys.push_back(field.spec.key);
    }
    for (const char* other : {"name", "notes", "arms", "seeds"})
        if (name == other)
            throw Failure(FailureKind::kUsage, "stands in a recipe's file alone", name,
                          "print one with gatescope train --print tiny and change it; --seeds gives other seeds");
    std::string near = closest_match(name, names);
    if (const std::string key = closest_match(name, keys); near.empty() && !key.empty())  // its section was left out
        near =
            *std::find_if(names.begin(), names.end(), [&key](const auto& each) { return each.ends_with("." + key); });
    throw Failure(FailureKind::kUsage, "is no field of a recipe", one_line(name, 80),
                  (near.empty() ? "" : "did you mean " + near + "? ") + "gatescope train --fields explains all");
}

}  // namespace gatescope
