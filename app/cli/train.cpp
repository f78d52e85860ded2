#include "analysis/training/recipe.h"
#include "app/cli/job.h"
#include "app/cli/options.h"
#include "app/cli/train_runs.h"
#include "app/cli/verb.h"
#include "app/cli/way_on.h"
#include "app/engine/command_line.h"
#include "app/engine/text_table.h"
#include "model/core/error.h"

namespace gatescope {
namespace {

struct TrainOptions {
    Options common;
    std::string recipe, resume, print, seeds;
    std::vector<std::string> changes;
    bool recipes = false, schema = false, fields = false;
};

// The one thing that was asked for.
void check_mode(const TrainOptions& options) {
    std::vector<std::string> modes;
    if (!options.recipe.empty()) modes.emplace_back("RECIPE");
    if (!options.resume.empty()) modes.emplace_back("--resume");
    if (!options.print.empty()) modes.emplace_back("--print");
    if (options.recipes) modes.emplace_back("--recipes");
    if (options.schema) modes.emplace_back("--schema");
    if (options.fields) modes.emplace_back("--fields");
    if (modes.empty())
        throw Failure(FailureKind::kUsage, "RECIPE is missing", {},
                      "name a recipe file or one of ours, as tiny; --recipes lists them");
    if (modes.size() > 1) throw excludes(modes[0], modes[1], "ask for one at a time");
    if (options.resume.empty()) return;
    const std::string hint = "the run has its recipe in its folder; begin another with RECIPE --out";
    if (!options.changes.empty()) throw excludes("--resume", "--set", hint);
    if (!options.seeds.empty()) throw excludes("--resume", "--seeds", hint);
    if (!options.common.out.empty()) throw excludes("--resume", "--out", hint);
    if (options.common.force) throw excludes("--resume", "--force", hint);
}

Recipe changed_recipe(const std::string& name, const TrainOptions& options) {
    Recipe recipe = read_recipe(name);
    if (!options.seeds.empty()) recipe.seeds = seeds_of(options.seeds);
    for (const std::string& change : options.changes) {
        const auto [field, value] = change_of(change);
        try {
            set_field(recipe, field, value);
        } catch (const Failure& failure) {
            throw failure.at("--set");
        }
    }
    (void)train_plans(recipe);
    return recipe;
}

std::string resume_command(const std::string& folder, const TrainOptions& options) {
    return "gatescope train --resume " + shell_quoted(folder) + machine_words(options.common);
}

std::string command_of(const TrainOptions& options) {
    if (!options.resume.empty()) return resume_command(options.resume, options);
    std::string out = "gatescope train " + shell_quoted(options.recipe);
    for (const std::string& change : options.changes) out += " --set " + shell_quoted(change);
    if (!options.seeds.empty()) out += " --seeds " + shell_quoted(options.seeds);
    return out + machine_words(options.common) + " --out " + shell_quoted(options.common.out);
}

TrainRequest request_of(const TrainOptions& options) {
    TrainRequest request;
    request.wish = device_wish(options.common);
    request.overwrite = options.common.force;
    request.resume = !options.resume.empty();
    request.command = command_of(options);
    if (request.resume) {
        request.folder = options.resume;
        request.runs = runs_of_folder(request.folder);
        return request;
    }
    request.recipe = changed_recipe(options.recipe, options);
    require(options.common.out, "--out");
    request.folder = options.common.out;
    request.runs = placed_runs(request.recipe, request.folder);
    for (const PlacedRun& run : request.runs) check_inputs(run.plan);
    check_targets(request.runs, request.folder, request.overwrite);
    return request;
}

void print_outcome(const TrainOutcome& outcome, const TrainRequest& request, const TrainOptions& options,
                   Console& console) {
    if (options.common.json) {
        nlohmann::ordered_json document = {{"folder", request.folder.string()}};
        document.update(train_json(outcome.runs));
        console.print(document.dump(2) + "\n");
    } else {
        console.print(train_table(outcome.runs));
        if (!options.common.quiet && !outcome.failure) console.print("wrote " + request.folder.string() + "\n");
    }
}

int train(const TrainOptions& options, Console& console) {
    const TrainRequest request = request_of(options);
    TrainOutcome outcome;
    {
        TerminalJob job(console);
        outcome = train_runs(request, console, job.context());
    }
    print_outcome(outcome, request, options, console);
    const std::string folder = request.folder.string();
    const std::string way_on = resume_command(folder, options) + " goes on";
    if (outcome.interrupted) console.warn("interrupted; what was trained is in " + folder + ", and " + way_on);
    if (outcome.failure) {
        console.finish();
        throw_with_way_on(outcome.failure, way_on);
    }
    return outcome.interrupted ? 130 : 0;
}

std::string first_sentence(const std::string& text) {
    const std::size_t end = text.find(". ");
    return end == std::string::npos ? text : text.substr(0, end + 1);
}

void list_recipes(Console& console) {
    if (console.json) {
        nlohmann::ordered_json list = nlohmann::ordered_json::array();
        for (const OurRecipe& ours : our_recipes()) list.push_back(nlohmann::ordered_json::parse(ours.json));
        console.print(list.dump(2) + "\n");
        return;
    }
    std::vector<std::vector<std::string>> rows;
    for (const OurRecipe& ours : our_recipes()) {
        const Recipe recipe = read_recipe(ours.id);
        rows.push_back({ours.id, std::to_string(train_plans(recipe).size()), first_sentence(recipe.notes)});
    }
    console.print(table({{"recipe", Align::kLeft}, {"runs"}, {"", Align::kLeft}}, rows));
    console.print("\ngatescope train --print RECIPE shows one whole, to be changed and trained from a file.\n");
}

std::string allowed(const RecipeField& field) {
    std::string out;
    for (const std::string& choice : field.choices) out += (out.empty() ? "" : ", ") + choice;
    if (!out.empty()) return out;
    const ParamSpec& spec = field.spec;
    switch (spec.kind) {
        case ParamKind::kInteger:
        case ParamKind::kReal:
            return number("%.12g", spec.least) + " to " + number("%.12g", spec.most);
        case ParamKind::kFlag:
            return "true or false";
        case ParamKind::kFile:
            return "a file";
        case ParamKind::kText:
            return "a text";
    }
    return out;
}

void list_fields(Console& console) {
    if (console.json) return console.print(recipe_schema());
    for (const RecipeField& field : recipe_fields()) {
        const std::string unit = field.unit.empty() ? "" : ", in " + field.unit;
        console.print(field.name() + "  (" + allowed(field) + unit + ")\n    " + field.spec.help + "\n");
    }
}

int run(const TrainOptions& options, Console& console) {
    apply(options.common, console);
    check_mode(options);
    if (options.schema)
        console.print(recipe_schema());
    else if (options.fields)
        list_fields(console);
    else if (options.recipes)
        list_recipes(console);
    else if (!options.print.empty())
        console.print(print_recipe(changed_recipe(options.print, options)));
    else
        return train(options, console);
    return 0;
}

std::function<int(Console&)> declare(CLI::App& app) {
    auto options = std::make_shared<TrainOptions>();
    app.add_option("RECIPE", options->recipe, "a recipe file, or one of ours by its name, as tiny");
    app.add_option("--out", options->common.out, "the folder to make: of the run, or with one below it for each")
        ->type_name("RUN");
    app.add_option("--resume", options->resume, "go on with every run of the folder that is not done")
        ->type_name("RUN");
    app.add_option("--set", options->changes, "change a field of the recipe, as train.steps=100; repeat it for more")
        ->type_name("FIELD=VALUE")
        ->expected(1)
        ->take_all();
    app.add_option("--seeds", options->seeds, "train with these instead of the recipe's, as 0,1,2")->type_name("LIST");
    app.add_flag("--recipes", options->recipes, "list the recipes that come with the program");
    app.add_option("--print", options->print, "print a recipe with all its fields")->type_name("RECIPE");
    app.add_flag("--fields", options->fields, "explain every field of a recipe");
    app.add_flag("--schema", options->schema, "print the JSON schema of recipe files");
    app.add_flag("--force", options->common.force, "overwrite runs that are there");
    app.add_option("--device", options->common.device, "cpu, cuda, cuda:1 or best")
        ->type_name("DEVICE")
        ->capture_default_str();
    app.add_option("--threads", options->common.threads, "threads to compute with, where the recipe does not say")
        ->type_name("N");
    add_console(app, options->common);
    return [options](Console& console) { return run(*options, console); };
}

}  // namespace

Verb train_verb() {
    return {"train", "Train a model, from scratch or from a checkpoint, under a gate or without one, as a recipe says.",
            "gatescope train tiny --out runs/tiny", declare};
}

}  // namespace gatescope
