#include "captures/experiment/plan_group.h"

#include <array>

#include "analysis/training/recipe_values.h"
#include "captures/config_json.h"
#include "captures/experiment/columns.h"
#include "captures/experiment/setting_json.h"
#include "captures/privacy.h"
#include "model/core/error.h"
#include "model/core/last_part.h"

namespace gatescope {
namespace {

constexpr std::int64_t kMostSteps = 1000;
constexpr std::array kKinds = {"train", "distill", "measure", "gradient"};  // in the order of Work

// Calls visit(name, number) for every number of a course: one list for both directions.
template <typename Course, typename Visit>
void each_number(Course& course, Visit visit) {
    visit("k", course.k);
    visit("steps", course.steps);
    visit("tune_steps", course.tune_steps);
    visit("gate_steps", course.gate_steps);
    visit("held_out_windows", course.held_out_windows);
    visit("gate_dim", course.gate_dim);
}

ExperimentSetting stored(ExperimentSetting setting, const StoredPaths& paths) {
    setting.model = last_part(setting.model);
    for (std::string& change : setting.changes) change = change_without_folders(change);
    for (auto& [key, value] : setting.values)
        if (auto* held = std::get_if<std::string>(&value)) *held = paths.text(*held);
    return setting;
}

void write_list(h5::Writer& out, const std::string& group, const std::string& name,
                const std::vector<std::int64_t>& values) {
    if (!values.empty()) out.scale(group, name, values);
}

std::vector<std::int64_t> read_list(const h5::Reader& in, const std::string& path) {
    return in.has(path) ? in.long_list(path) : std::vector<std::int64_t>();
}

void write_course(h5::Writer& out, const std::string& group, const ExperimentCourse& course, const StoredPaths& paths) {
    out.group(group);
    each_number(course, [&](const char* name, std::int64_t value) { out.attribute(group, name, value); });
    out.attribute(group, "own_model", std::int64_t{course.own_model ? 1 : 0});
    if (!course.base.values.empty()) out.attribute(group, "recipe", print_recipe(paths.recipe(course.base)));
    if (course.config.n_layers > 0) out.attribute(group, "shape", print_config(course.config));
    write_list(out, group, "seed", course.seeds);
    write_list(out, group, "level", course.levels);
}

ExperimentCourse read_course(const h5::Reader& in, const std::string& group) {
    ExperimentCourse out;
    each_number(out, [&](const char* name, std::int64_t& value) {
        value = in.integer(group, name);
        if (value < 0) throw Failure(FailureKind::kBadFile, "is below 0", in.where(group + "@" + name));
    });
    out.own_model = in.integer(group, "own_model") == 1;
    if (in.has_attribute(group, "recipe"))
        out.base = parse_recipe(in.text(group, "recipe"), in.where(group + "@recipe"));
    if (in.has_attribute(group, "shape"))
        out.config = parse_config(in.text(group, "shape"), in.where(group + "@shape"));
    out.seeds = read_list(in, group + "/seed");
    out.levels = read_list(in, group + "/level");
    return out;
}

std::string request_of(const Work& work) {
    return std::visit(
        [](const auto& kind) -> std::string {
            if constexpr (requires { kind.request; }) return print_request(kind.request);
            return "";
        },
        work);
}

void write_steps(h5::Writer& out, const std::string& group, const std::vector<ExperimentStep>& plan,
                 const StoredPaths& paths) {
    std::vector<ExperimentStep> steps = plan;
    for (ExperimentStep& step : steps) step.work = paths.work(std::move(step.work));
    using Step = ExperimentStep;
    out.group(group);
    ColumnWriter<Step> table(out, group, "step", steps);
    table.texts("name", [](const Step& step) { return step.name; });
    table.texts("arm", [](const Step& step) { return step.arm; });
    table.counts("seed", [](const Step& step) { return step.seed; });
    table.texts("title", [&](const Step& step) { return paths.text(step.title); });
    table.texts("kind", [](const Step& step) { return kKinds[step.work.index()]; });
    table.texts("recipe", [](const Step& step) {
        return std::visit([](const auto& kind) { return print_recipe(kind.recipe); }, step.work);
    });
    table.texts("request", [](const Step& step) { return request_of(step.work); });
    table.texts("gates", [](const Step& step) {
        const auto* measure = std::get_if<MeasureWork>(&step.work);
        return measure == nullptr ? std::string() : joined_lines(measure->gates);
    });
    table.counts("concentration", [](const Step& step) {
        const auto* measure = std::get_if<MeasureWork>(&step.work);
        return measure != nullptr && measure->concentration ? 1 : 0;
    });
}

// A row of /experiment/steps.
struct StoredStep {
    ExperimentStep step;
    std::string kind, recipe, request, gates;
    bool concentration = false;
};

Work work_of(const StoredStep& row, const std::string& where) {
    Recipe recipe = parse_recipe(row.recipe, where);
    if (row.kind == kKinds[0]) return TrainWork{std::move(recipe)};
    if (row.kind == kKinds[1]) return DistillWork{std::move(recipe), parse_request(row.request, where)};
    if (row.kind == kKinds[2]) return MeasureWork{std::move(recipe), lines_of(row.gates), row.concentration};
    if (row.kind == kKinds[3]) return GradientWork{std::move(recipe), parse_request(row.request, where)};
    throw Failure(FailureKind::kBadFile, "is of a kind that is not known: " + one_line(row.kind, 40), where);
}

std::vector<ExperimentStep> read_steps(const h5::Reader& in, const std::string& group) {
    ColumnReader<StoredStep> table(in, group, "step", kMostSteps);
    table.texts("name", [](StoredStep& row, std::string value) { row.step.name = std::move(value); });
    table.texts("arm", [](StoredStep& row, std::string value) { row.step.arm = std::move(value); });
    table.counts("seed", [](StoredStep& row, std::int64_t value) { row.step.seed = value; });
    table.texts("title", [](StoredStep& row, std::string value) { row.step.title = std::move(value); });
    table.texts("kind", [](StoredStep& row, std::string value) { row.kind = std::move(value); });
    table.texts("recipe", [](StoredStep& row, std::string value) { row.recipe = std::move(value); });
    table.texts("request", [](StoredStep& row, std::string value) { row.request = std::move(value); });
    table.texts("gates", [](StoredStep& row, std::string value) { row.gates = std::move(value); });
    table.counts("concentration", [](StoredStep& row, std::int64_t value) { row.concentration = value == 1; });
    std::vector<ExperimentStep> out;
    for (StoredStep& row : table.rows) {
        row.step.work = work_of(row, in.where(group) + ", step " + one_line(row.step.name, 80));
        out.push_back(std::move(row.step));
    }
    return out;
}

}  // namespace

void write_plan(h5::Writer& out, const std::string& group, const ExperimentPlan& plan, const StoredPaths& paths) {
    out.attribute(group, "name", plan.setting.experiment);
    out.attribute(group, "folder", last_part(plan.folder));
    out.attribute(group, "setting", print_stored_setting(stored(plan.setting, paths)));
    write_course(out, group + "/course", plan.course, paths);
    write_steps(out, group + "/steps", plan.steps, paths);
}

ExperimentPlan read_plan(const h5::Reader& in, const std::string& group) {
    ExperimentPlan out;
    out.setting = parse_stored_setting(in.text(group, "setting"), in.where(group + "@setting"));
    out.folder = in.text(group, "folder");
    out.course = read_course(in, group + "/course");
    out.steps = read_steps(in, group + "/steps");
    return out;
}

}  // namespace gatescope
