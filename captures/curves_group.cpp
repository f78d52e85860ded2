#include "captures/curves_group.h"

#include <algorithm>
#include <set>

#include "captures/group_name.h"
#include "captures/privacy.h"
#include "model/core/error.h"

namespace gatescope {
namespace {

const std::string kRuns = "/runs";
const std::string kStep = "step";

void write_curve(h5::Writer& out, const std::string& group, const TrainCurve& curve) {
    out.group(group);
    out.attribute(group, "name", curve.name);
    out.attribute(group, "recipe", recipe_without_folders(curve.recipe));
    out.attribute(group, "status", curve.status);
    if (curve.step.empty()) return;  // nothing was reported yet
    out.scale(group, kStep, curve.step);
    for (const auto& [id, values] : curve.series) {
        if (id.empty() || id == kStep || id.find('/') != std::string::npos)
            throw Failure(FailureKind::kInternal, "a series can't be called \"" + id + "\"", group);
        out.doubles(group, id, values, {kStep});
    }
}

std::shared_ptr<const TrainCurve> read_curve(const h5::Reader& in, const std::string& member) {
    const std::string group = kRuns + "/" + member;
    auto out = std::make_shared<TrainCurve>();
    out->name = in.has_attribute(group, "name") ? in.text(group, "name") : member;
    out->recipe = in.text(group, "recipe");
    out->status = in.text(group, "status");
    if (!in.has(group + "/" + kStep)) return out;
    out->step = in.long_list(group + "/" + kStep);
    if (*std::min_element(out->step.begin(), out->step.end()) < 0)
        throw Failure(FailureKind::kBadFile, "counts below 0", in.where(group + "/" + kStep));
    for (const std::string& id : in.members(group)) {
        const std::string path = group + "/" + id;
        if (id == kStep || !in.has_dataset(path)) continue;  // what a later version may have put there
        out->series[id] = in.doubles(path, {static_cast<std::int64_t>(out->step.size())});
    }
    return out;
}

}  // namespace

void write_curves(h5::Writer& out, const std::vector<std::shared_ptr<const TrainCurve>>& curves) {
    if (curves.empty()) return;
    out.group(kRuns);
    std::set<std::string> taken;
    for (const auto& curve : curves) write_curve(out, kRuns + "/" + group_name(curve->name, taken), *curve);
}

std::vector<std::shared_ptr<const TrainCurve>> read_curves(const h5::Reader& in) {
    std::vector<std::shared_ptr<const TrainCurve>> out;
    if (!in.has(kRuns)) return out;
    for (const std::string& name : in.members(kRuns))
        if (!in.has_dataset(kRuns + "/" + name)) out.push_back(read_curve(in, name));
    return out;
}

}  // namespace gatescope
