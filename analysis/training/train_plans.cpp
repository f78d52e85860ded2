// From a recipe to its runs: values that may not stand together are refused here, before anything is read or trained.
#include <algorithm>
#include <cctype>
#include <filesystem>
#include <set>

#include "analysis/training/recipe_values.h"
#include "analysis/training/train_plan.h"
#include "analysis/training/trained_gate.h"
#include "model/core/error.h"

namespace gatescope {
namespace {

constexpr std::size_t kMostRuns = 1000;

Failure refused(const std::string& what, const std::string& where, const std::string& hint) {
    return {FailureKind::kUsage, what, where, hint};
}

const std::vector<std::pair<const char*, TrainedPart>>& part_names() {
    static const std::vector<std::pair<const char*, TrainedPart>> names = {
        {"embeddings", TrainedPart::kEmbeddings}, {"queries", TrainedPart::kQueries}, {"keys", TrainedPart::kKeys},
        {"values", TrainedPart::kValues},         {"outputs", TrainedPart::kOutputs}, {"mlp", TrainedPart::kMlp},
        {"norms", TrainedPart::kNorms},           {"head", TrainedPart::kHead}};
    return names;
}

// Files that are named from the present folder are found from any other, too.
std::string whole_path(const std::string& path, std::initializer_list<const char*> words) {
    if (std::find(words.begin(), words.end(), path) != words.end()) return path;
    return std::filesystem::absolute(path).lexically_normal().string();
}

template <typename Function>
auto at_layers(const Function& function) {
    try {
        return function();
    } catch (const Failure& failure) {
        throw failure.at("train.layers");
    }
}

// The values of one arm, typed.
class PlanOf {
  public:
    explicit PlanOf(const ParamValues& values) : values_(values) {}

    void fill(TrainPlan& plan) const {
        for (const RecipeField& field : recipe_fields())
            if (field.applies_to(values_)) check_field(field, values_.at(field.name()));
        fill_model(plan);
        fill_data(plan);
        fill_course(plan);
        fill_optimiser(plan);
        fill_report(plan);
        fill_gate(plan);
        check(plan);
    }

  private:
    std::int64_t whole(const char* name) const { return integer(values_, name); }
    double number(const char* name) const { return real(values_, name); }
    const std::string& words(const char* name) const { return text(values_, name); }

    void fill_model(TrainPlan& plan) const {
        plan.from_scratch = words("model.from") == "scratch";
        if (!plan.from_scratch) {
            plan.checkpoint = whole_path(words("model.checkpoint"), {"sample"});
            return;
        }
        const std::int64_t n_ctx = whole("model.n_ctx");
        plan.shape = {.family = words("model.family"),
                      .n_layers = whole("model.n_layers"),
                      .n_heads = whole("model.n_heads"),
                      .n_kv_heads = whole("model.n_kv_heads"),
                      .d_model = whole("model.d_model"),
                      .d_mlp = whole("model.d_mlp"),
                      .n_ctx = n_ctx == 0 ? whole("train.window") : n_ctx,
                      .tied_embeddings = flag(values_, "model.tied_embeddings"),
                      .deviation = number("model.deviation")};
    }

    void fill_data(TrainPlan& plan) const {
        for (const std::string& path : lines_of(words("data.text")))
            plan.texts.push_back(whole_path(path, {"sample-train", "sample"}));
        plan.separator = words("data.separator");
        plan.held_out_share = number("data.held_out_share");
        plan.tokenizer = plan.from_scratch ? whole_path(words("data.tokenizer"), {"own", "sample"}) : "model";
        plan.vocabulary = plan.tokenizer == "own" ? whole("data.vocabulary") : 0;
    }

    void fill_course(TrainPlan& plan) const {
        const std::vector<std::string> wanted = lines_of(words("train.parts"));
        for (const auto& [name, part] : part_names())
            if (std::find(wanted.begin(), wanted.end(), name) != wanted.end()) plan.parts.insert(part);
        plan.layers = at_layers([&] { return IndexSet::parse(words("train.layers"), "layers"); });
        plan.steps = whole("train.steps");
        plan.batch = whole("train.batch");
        plan.accumulation = whole("train.accumulation");
        plan.window_length = whole("train.window");
        plan.precision = words("train.precision") == "bfloat16" ? DataType::kBFloat16 : DataType::kFloat32;
        plan.threads = static_cast<int>(whole("train.threads"));
    }

    void fill_optimiser(TrainPlan& plan) const {
        plan.learning_rate = number("train.learning_rate");
        plan.gate_learning_rate = number("train.gate_learning_rate");
        plan.warmup = whole("train.warmup");
        plan.final_share = number("train.final_share");
        plan.weight_decay = number("train.weight_decay");
        plan.first_decay = number("train.first_decay");
        plan.second_decay = number("train.second_decay");
        plan.clip = number("train.clip");
    }

    void fill_report(TrainPlan& plan) const {
        plan.report_every = whole("report.every");
        plan.held_out_windows = whole("report.held_out_windows");
        plan.concentration = flag(values_, "report.concentration");
        plan.checkpoint_every = whole("report.checkpoint_every");
        plan.keep_checkpoints = whole("report.keep_checkpoints");
    }

    void fill_gate(TrainPlan& plan) const {
        const TrainedGate gate = trained_gate(words("gate.gate"), flag(values_, "gate.rope"));
        plan.gate = gate.text;
        plan.gate_dim = whole("gate.dim");
        plan.gate_rope = gate.rope;
        plan.train_gate = gate.begins && flag(values_, "gate.train");
    }

    void check(const TrainPlan& plan) const {
        if (plan.warmup > plan.steps)
            throw refused(std::to_string(plan.warmup) + " steps are more than the " + std::to_string(plan.steps) +
                              " of train.steps",
                          "train.warmup", "give at most as many");
        if (plan.parts.empty() && !plan.train_gate)
            throw refused("names nothing, and no gate trains", "train.parts",
                          "name a part of the model, or a gate that trains, as gate.gate soft-learned");
        if (plan.from_scratch) check_shape(plan);
    }

    void check_shape(const TrainPlan& plan) const {
        const ScratchShape& shape = plan.shape;
        if (plan.window_length > shape.n_ctx)
            throw refused(std::to_string(plan.window_length) + " tokens are more than the model's " +
                              std::to_string(shape.n_ctx) + " positions",
                          "train.window", "give at most model.n_ctx, or leave model.n_ctx at 0");
        at_layers([&] {
            plan.layers.check(shape.n_layers, "layers");
            return 0;
        });
        constexpr std::int64_t kSmallest = 257;  // what an own tokenizer has at least; a file's is not known yet
        check_trained_gate(plan, config_of(shape, std::max(plan.vocabulary, kSmallest)));
    }

    static ModelConfig config_of(const ScratchShape& shape, std::int64_t d_vocab) {
        try {
            return scratch_config(shape, d_vocab);
        } catch (const Failure& failure) {
            throw Failure(failure.kind(), failure.fault(),
                          failure.where() == "d_vocab" ? "data.vocabulary" : "model." + failure.where(),
                          failure.hint());
        }
    }

    const ParamValues& values_;
};

void check_name(const std::string& name, const std::string& where) {
    const auto printable = [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7f; };
    if (name.empty() || !std::all_of(name.begin(), name.end(), printable))
        throw refused("\"" + one_line(name, 40) + "\" is not allowed", where, "it takes a line of text");
}

// Arms name folders.
void check_arm_name(const std::string& name, const std::string& where) {
    const auto allowed = [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_' || c == '.' || c == '=';
    };
    if (name.empty() || !std::all_of(name.begin(), name.end(), allowed) || name.front() == '.' || name.size() > 80)
        throw refused("\"" + one_line(name, 40) + "\" is not allowed", where,
                      "it takes up to 80 letters, digits, - _ . and =, and does not begin with a dot");
}

void check_list(const Recipe& recipe) {
    check_name(recipe.name, "name");
    if (recipe.seeds.empty()) throw refused("is empty", "seeds", "give at least one: [0]");
    if (std::set(recipe.seeds.begin(), recipe.seeds.end()).size() != recipe.seeds.size())
        throw refused("names a seed twice", "seeds", "name each once");
    std::set<std::string> names;
    for (std::size_t n = 0; n < recipe.arms.size(); ++n) {
        const std::string where = "arms[" + std::to_string(n) + "].name";
        check_arm_name(recipe.arms[n].name, where);
        if (!names.insert(recipe.arms[n].name).second)
            throw refused("\"" + recipe.arms[n].name + "\" is another arm's, too", where, "name each differently");
    }
    const std::size_t runs = std::max<std::size_t>(recipe.arms.size(), 1) * recipe.seeds.size();
    if (runs > kMostRuns)
        throw refused("make " + std::to_string(runs) + " runs", "arms and seeds",
                      "at most " + std::to_string(kMostRuns) + " are allowed");
}

std::string seed_words(std::int64_t seed, const char* between) {
    return std::string("seed") + between + std::to_string(seed);
}

// The same wherever the plan is made again from its own recipe.
std::string name_of(const std::string& recipe, const std::string& arm, std::int64_t seed) {
    if (arm.empty() && seed == 0) return recipe;
    return recipe + (arm.empty() ? "" : " " + arm) + " " + seed_words(seed, " ");
}

std::string folder_of(const Recipe& recipe, const std::string& arm, std::int64_t seed) {
    if (recipe.seeds.size() == 1) return recipe.arms.size() > 1 ? arm : "";
    return (arm.empty() ? "" : arm + "-") + seed_words(seed, "-");
}

// Paths in a plan's recipe are whole, as in the plan itself.
void make_whole(ParamValues& values, const TrainPlan& plan) {
    const auto put = [&values](const char* name, const std::string& value) {
        if (const auto found = values.find(name); found != values.end()) found->second = value;
    };
    put("data.text", joined_lines(plan.texts));
    if (plan.from_scratch)
        put("data.tokenizer", plan.tokenizer);
    else
        put("model.checkpoint", plan.checkpoint);
    put("gate.gate", plan.gate);
}

TrainPlan plan_of(const Recipe& recipe, const RecipeArm* arm, std::int64_t seed) {
    TrainPlan plan;
    plan.arm = arm != nullptr ? arm->name : "";
    plan.seed = seed;
    plan.name = name_of(recipe.name, plan.arm, seed);
    plan.folder = folder_of(recipe, plan.arm, seed);
    ParamValues values = recipe.values;
    if (arm != nullptr)
        for (const auto& [name, value] : arm->changes) values[name] = value;
    PlanOf(values).fill(plan);
    plan.recipe = {recipe.name, recipe.notes, recipe.values, {}, {seed}};
    make_whole(plan.recipe.values, plan);
    if (arm != nullptr) {
        plan.recipe.arms = {*arm};
        make_whole(plan.recipe.arms[0].changes, plan);
    }
    return plan;
}

// Faults of an arm are named after it.
TrainPlan plan_at(const Recipe& recipe, const RecipeArm* arm, std::int64_t seed) {
    try {
        return plan_of(recipe, arm, seed);
    } catch (const Failure& failure) {
        throw arm == nullptr ? failure : failure.at("arm " + arm->name);
    }
}

}  // namespace

std::vector<TrainPlan> train_plans(const Recipe& recipe) {
    check_list(recipe);
    std::vector<TrainPlan> out;
    std::vector<const RecipeArm*> arms;
    for (const RecipeArm& arm : recipe.arms) arms.push_back(&arm);
    if (arms.empty()) arms.push_back(nullptr);
    for (const RecipeArm* arm : arms)
        for (const std::int64_t seed : recipe.seeds) out.push_back(plan_at(recipe, arm, seed));
    return out;
}

}  // namespace gatescope
