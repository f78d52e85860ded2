#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>

#include "analysis/training/recipe_values.h"
#include "analysis/training/train_plan.h"
#include "model/core/error.h"

namespace gatescope {
namespace {

constexpr const char* kHead = R"("format": "gatescope-recipe", "version": 1)";

std::string file(const std::string& rest) {
    return std::string("{") + kHead + (rest.empty() ? "" : ", ") + rest + "}";
}

// The line that `text` is refused with.
std::string fault(const std::string& text) {
    try {
        (void)parse_recipe(text, "my.json");
    } catch (const Failure& failure) {
        return failure.what();
    }
    return "accepted";
}
std::string fault_of(const std::string& rest) {
    return fault(file(rest));
}

TEST(RecipeFields, EveryFieldSaysWhatItIs) {
    std::set<std::string> names;
    for (const RecipeField& field : recipe_fields()) {
        SCOPED_TRACE(field.name());
        EXPECT_TRUE(names.insert(field.name()).second);
        EXPECT_FALSE(field.spec.label.empty());
        EXPECT_TRUE(field.spec.help.back() == '.' || field.spec.help.back() == '?');
        EXPECT_EQ(&recipe_field(field.name()), &field);
        if (field.spec.kind == ParamKind::kInteger || field.spec.kind == ParamKind::kReal) {
            EXPECT_LT(field.spec.least, field.spec.most);
        }
        EXPECT_NO_THROW(check_field(field, field.spec.initial)) << "its default";
    }
}

TEST(RecipeFields, FieldsOfASectionStandTogether) {
    std::set<std::string> left;
    std::string section;
    for (const RecipeField& field : recipe_fields()) {
        if (field.section != section) {
            EXPECT_TRUE(left.insert(field.section).second) << field.name();
        }
        section = field.section;
    }
}

TEST(RecipeFields, AnUnknownOneIsRefusedWithItsNearest) {
    try {
        (void)recipe_field("train.step");
        FAIL();
    } catch (const Failure& failure) {
        EXPECT_NE(std::string(failure.what()).find("did you mean train.steps?"), std::string::npos);
    }
}

TEST(Recipe, WhatIsPrintedReadsBackAsTheSame) {
    EXPECT_EQ(parse_recipe(print_recipe(default_recipe()), "x"), default_recipe());
    for (const OurRecipe& ours : our_recipes()) {
        const Recipe recipe = parse_recipe(ours.json, ours.id);
        EXPECT_EQ(parse_recipe(print_recipe(recipe), ours.id), recipe) << ours.id;
    }
}

// A value that the field takes by itself.
ParamValue drawn(const RecipeField& field, std::mt19937_64& random) {
    const ParamSpec& spec = field.spec;
    const double share = std::uniform_real_distribution<double>(0, 1)(random);
    if (spec.kind == ParamKind::kInteger)
        return static_cast<std::int64_t>(spec.least + share * std::min(spec.most - spec.least, 1e6));
    if (spec.kind == ParamKind::kReal) return spec.least + share * (spec.most - spec.least);
    if (spec.kind == ParamKind::kFlag) return share < 0.5;
    if (field.several && !field.choices.empty()) {
        std::vector<std::string> some;
        for (const std::string& choice : field.choices)
            if (random() % 2 == 0) some.push_back(choice);
        return joined_lines(some);
    }
    if (!field.choices.empty()) return field.choices[random() % field.choices.size()];
    if (field.several) return std::string("a \"quoted\" file\nb\\c\nd\u00e4");
    return field.name() == "gate.gate" || field.name() == "train.layers" ? spec.initial : "\t\"x\"\n\u4e2d";
}

TEST(Recipe, AnyValuesReadBackAsTheSame) {
    std::mt19937_64 random(7);
    int read = 0;
    for (int n = 0; n < 400; ++n) {
        Recipe recipe = default_recipe();
        const auto& fields = recipe_fields();
        for (int change = 0; change < 3; ++change) {
            const RecipeField& field = fields[random() % fields.size()];
            recipe.values[field.name()] = drawn(field, random);
        }
        recipe.notes = "notes " + std::to_string(n) + "\n\u201c";
        recipe.arms = {{"a", {}}, {"b=2", {}}};
        const RecipeField& varied = fields[random() % fields.size()];
        recipe.arms[1].changes[varied.name()] = drawn(varied, random);
        recipe.seeds = {static_cast<std::int64_t>(random() >> 12), 3};
        try {
            (void)train_plans(recipe);
        } catch (const Failure&) {
            continue;  // contradicts itself
        }
        ++read;
        EXPECT_EQ(parse_recipe(print_recipe(recipe), "x"), recipe) << print_recipe(recipe);
    }
    EXPECT_GT(read, 100);
}

TEST(Recipe, WhatAFileLeavesOutIsAtItsDefault) {
    Recipe expected = default_recipe();
    EXPECT_EQ(parse_recipe(file(""), "x"), expected);
    expected.values["train.steps"] = std::int64_t{1000000};
    EXPECT_EQ(parse_recipe(file(R"("train": {"steps": 1e6})"), "x"), expected);
}

TEST(Recipe, TextsAreOneOrAnArray) {
    EXPECT_EQ(text(parse_recipe(file(R"("data": {"text": "a b.txt"})"), "x").values, "data.text"), "a b.txt");
    EXPECT_EQ(text(parse_recipe(file(R"("data": {"text": ["a", "b"]})"), "x").values, "data.text"), "a\nb");
}

TEST(Recipe, AFaultNamesFileFieldAndWhatIsAllowed) {
    const std::pair<const char*, const char*> cases[] = {
        {R"("train": {"steps": 0})", "my.json: train.steps: steps=0 is not allowed; steps takes a whole number from 1"},
        {R"("train": {"steps": "many"})", "my.json: train.steps: steps=\"many\" is not allowed"},
        {R"("train": {"steps": 1.5})", "my.json: train.steps: steps=1.5 is not allowed"},
        {R"("train": {"steps": 99999999999999999999})", "my.json: train.steps: steps="},
        {R"("train": {"steps": null})", "my.json: train.steps: steps=null is not allowed"},
        {R"("train": {"learning_rate": "fast"})", "my.json: train.learning_rate: learning_rate="},
        {R"("train": {"step": 3})", "my.json: train.step: is no field of a recipe; did you mean steps? known: parts"},
        {R"("trian": {})", "my.json: trian: is no part of a recipe; did you mean train?"},
        {R"("train": [])", "my.json: train: [] is not allowed; it takes an object"},
        {R"("train": {"precision": "half"})", "my.json: train.precision: unknown \"half\"; known: float32, bfloat16"},
        {R"("train": {"parts": ["querys"]})", "my.json: train.parts: unknown \"querys\"; did you mean queries?"},
        {R"("train": {"parts": ["keys", "keys"]})", "my.json: train.parts: names \"keys\" twice"},
        {R"("train": {"parts": []})", "my.json: train.parts: names nothing, and no gate trains"},
        {R"("train": {"layers": "4"})", "my.json: train.layers"},
        {R"("train": {"layers": "a-b"})", "my.json: train.layers"},
        {R"("train": {"warmup": 2000})", "my.json: train.warmup: 2000 steps are more than the 1000 of train.steps"},
        {R"("model": {"n_ctx": 128})", "my.json: train.window: 256 tokens are more than the model's 128 positions"},
        {R"("model": {"d_model": 130})", "my.json: model.d_model"},
        {R"("model": {"tied_embeddings": 1})", "my.json: model.tied_embeddings: 1 is not allowed; true or false"},
        {R"("model": {"family": "gpt3"})", "my.json: model.family: unknown \"gpt3\"; did you mean gpt2?"},
        {R"("data": {"text": []})", "my.json: data.text: is empty; name at least one file"},
        {R"("data": {"text": ["a", 3]})", "my.json: data.text: 3 is not allowed; it takes a text"},
        {R"("data": {"text": "a\nb"})", "my.json: data.text: has a line break in it"},
        {R"("data": {"text": "a\u0000b"})", "my.json: data.text: holds a byte of zero"},
        {R"("gate": {"gate": "oracl:k=4"})", "my.json: gate.gate: "},
        {R"("gate": {"gate": "oracle"})", "my.json: gate.gate: gate oracle: needs k"},
        {R"("gate": {"gate": "oracle:k=4@4"})", "my.json: gate.gate: "},
        {R"("gate": {"gate": "ablate-mean"})", "my.json: gate.gate: ablate-mean needs means"},
        {R"("gate": {"gate": "keys:file=x.h5"})", "my.json: gate.gate: keys has sets for the windows of one text"},
        {R"("gate": {"gate": "soft-learned", "rope": true})", "my.json: gate.rope: the model learns its positions"},
        {R"("seeds": [])", "my.json: seeds: has 0 seeds"},
        {R"("seeds": [1, 1])", "my.json: seeds: names a seed twice"},
        {R"("seeds": [-1])", "my.json: seeds: -1 is not allowed"},
        {R"("seeds": [1e99])", "my.json: seeds: "},
        {R"("arms": [{"name": "a"}, {"name": "a"}])", "my.json: arms[1].name: \"a\" is another arm's, too"},
        {R"("arms": [{"name": "../a"}])", "my.json: arms[0].name: \"../a\" is not allowed"},
        {R"("arms": [{"name": "a", "gat": {}}])", "my.json: arms[0].gat: is no part of an arm; did you mean gate?"},
        {R"("arms": [{"name": "a", "train": {"steps": -3}}])", "my.json: arms[0]: train.steps: steps=-3"},
        {R"("arms": [{"name": "a", "train": {"steps": 3}}])", "my.json: arm a: train.warmup: 100 steps are more"},
        {R"("name": "")", "my.json: name: \"\" is not allowed"},
        {R"("name": 3)", "my.json: name: 3 is not allowed"},
    };
    for (const auto& [rest, line] : cases)
        EXPECT_EQ(fault_of(rest).rfind(line, 0), 0) << rest << "\n" << fault_of(rest);
}

TEST(Recipe, HostileFilesAreRefusedInALine) {
    EXPECT_NE(fault("").find("is not JSON"), std::string::npos);
    EXPECT_NE(fault("[]").find("is not a JSON object"), std::string::npos);
    EXPECT_NE(fault("{}").find("has no format"), std::string::npos);
    EXPECT_NE(fault(R"({"format": "gatescope-recipe", "version": 2})").find("reads version 1"), std::string::npos);
    EXPECT_NE(fault(std::string(200, '[')).find("nested deeper"), std::string::npos);
    EXPECT_NE(fault_of("\"name\": \"\xff\"").find("is not JSON in UTF-8"), std::string::npos);
    EXPECT_NE(fault_of(R"("train": {"learning_rate": NaN})").find("is not JSON"), std::string::npos);
    EXPECT_NE(fault_of(R"("train": {"learning_rate": 1e999})").find("out of range"), std::string::npos);
    EXPECT_NE(fault_of(R"("train": {"steps": 1, "steps": 2})").find("steps: stands there twice"), std::string::npos);
    EXPECT_NE(fault_of(R"("gate": {"gate": ")" + std::string(20000, '+') + "\"}").find("bytes long"),
              std::string::npos);
    EXPECT_LT(fault_of("\"" + std::string(100000, 'x') + "\": 1").size(), 1000);
    EXPECT_LT(fault_of(R"("train": {"steps": ")" + std::string(100000, 'x') + "\"}").size(), 1000);
}

TEST(Recipe, AFieldIsSetByItsText) {
    Recipe recipe = default_recipe();
    set_field(recipe, "train.steps", "7");
    set_field(recipe, "train.learning_rate", "1e-4");
    set_field(recipe, "report.concentration", "false");
    set_field(recipe, "train.parts", "queries,keys");
    set_field(recipe, "data.separator", "\\n--\\n");
    EXPECT_EQ(integer(recipe.values, "train.steps"), 7);
    EXPECT_EQ(real(recipe.values, "train.learning_rate"), 1e-4);
    EXPECT_FALSE(flag(recipe.values, "report.concentration"));
    EXPECT_EQ(text(recipe.values, "train.parts"), "queries\nkeys");
    EXPECT_EQ(text(recipe.values, "data.separator"), "\n--\n");
    EXPECT_THROW(set_field(recipe, "train.steps", "0"), Failure);
    EXPECT_THROW(set_field(recipe, "train.precision", "int8"), Failure);
    EXPECT_THROW(set_field(recipe, "steps", "1"), Failure);
}

TEST(Recipe, OneOfOursIsReadByItsIdAndAFileByItsPath) {
    EXPECT_EQ(read_recipe("tiny").name, "tiny");
    try {
        (void)read_recipe("tinny");
        FAIL();
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.kind(), FailureKind::kNotFound);
        EXPECT_NE(std::string(failure.what()).find("did you mean tiny?"), std::string::npos);
    }
}

}  // namespace
}  // namespace gatescope
