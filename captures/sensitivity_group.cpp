#include "captures/sensitivity_group.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "captures/gate_group.h"
#include "captures/schema.h"
#include "model/core/error.h"

namespace gatescope {
namespace {

using Points = std::vector<SensitivityPoint>;

const std::string kGroup = "/sensitivity";

// "k" or "rank": what the budgets are is in the names.
const std::string& name_of(const GateTerm& gate) {
    return swept_info(swept_of({{gate}})).name;
}

std::vector<std::int32_t> narrow(const std::vector<std::int64_t>& values, const std::string& where) {
    std::vector<std::int32_t> out;
    for (const std::int64_t value : values) {
        if (value < 0 || value > std::numeric_limits<std::int32_t>::max())
            throw Failure(FailureKind::kInternal, "a budget of " + std::to_string(value), where);
        out.push_back(static_cast<std::int32_t>(value));
    }
    return out;
}

// The map is of every layer and head. Where the run analysed just some, `layer` means those, and xarray refuses a
// second dimension of the same name.
std::string dimension(h5::Writer& out, const std::string& name, std::int64_t size) {
    if (out.scale_size("/", name) == size) return name;
    out.count_scale(kGroup, "model_" + name, size);
    return "model_" + name;
}

class MapWriter {
  public:
    MapWriter(h5::Writer& out, const SensitivityResult& map) : out_(out), map_(map) {}

    void write() {
        out_.group(kGroup);
        request();
        out_.attribute(kGroup, "done", map_.done);
        out_.attribute(kGroup, "total", map_.total);
        out_.scale(kGroup, name_, narrow(map_.request.budgets, kGroup));
        layer_ = dimension(out_, schema::kLayer, map_.n_layers);
        points("layer_cost", map_.layer_cost, {name_, layer_});
        if (!map_.head_cost.empty())
            points("head_cost", map_.head_cost, {layer_, dimension(out_, schema::kHead, map_.n_heads)});
        if (map_.proposal) proposal(*map_.proposal);
    }

  private:
    void request() {
        const SensitivityRequest& request = map_.request;
        out_.attribute(kGroup, "gate", print_gate(without_folders({{request.gate}}, {})));
        out_.attribute(kGroup, "each_head", std::int64_t{request.each_head ? 1 : 0});
        out_.attribute(kGroup, "head_" + name_, request.head_budget);
        out_.attribute(kGroup, "mean_" + name_, request.mean_budget);
        out_.attribute(kGroup, "windows", request.windows);
        out_.attribute(kGroup, "window_length", request.window_length);
    }

    void points(const std::string& name, const Points& points, const std::vector<std::string>& dims) {
        std::vector<double> nll, error;
        for (const SensitivityPoint& point : points) {
            nll.push_back(point.nll);
            error.push_back(point.standard_error);
        }
        out_.doubles(kGroup, name, nll, dims);
        out_.doubles(kGroup, name + "_standard_error", error, dims);
    }

    void proposal(const BudgetProposal& proposal) {
        out_.ints(kGroup, "proposed_" + name_, narrow(proposal.budgets, kGroup), {layer_});
        out_.attribute(kGroup, "proposed_gate", print_gate(without_folders(proposal.gate, {})));
        out_.attribute(kGroup, "equal_gate", print_gate(without_folders(proposal.equal, {})));
        out_.attribute(kGroup, "predicted", proposal.predicted);
        out_.attribute(kGroup, "predicted_equal", proposal.predicted_equal);
        measured("measured", proposal.measured);
        measured("measured_equal", proposal.measured_equal);
    }

    void measured(const std::string& name, const SensitivityPoint& point) {
        out_.attribute(kGroup, name, point.nll);
        out_.attribute(kGroup, name + "_standard_error", point.standard_error);
    }

    h5::Writer& out_;
    const SensitivityResult& map_;
    const std::string name_ = name_of(map_.request.gate);
    std::string layer_;
};

class MapReader {
  public:
    explicit MapReader(const h5::Reader& in) : in_(in) {}

    std::shared_ptr<const SensitivityResult> read(std::int64_t n_layers, std::int64_t n_heads) {
        map_.n_layers = n_layers;
        map_.n_heads = n_heads;
        request();
        map_.done = count("done", 0);
        map_.total = count("total", map_.done);
        map_.layer_cost = points("layer_cost", {static_cast<std::int64_t>(map_.request.budgets.size()), n_layers});
        if (in_.has(kGroup + "/head_cost")) map_.head_cost = points("head_cost", {n_layers, n_heads});
        if (in_.has(kGroup + "/proposed_" + name_)) proposal();
        return std::make_shared<const SensitivityResult>(std::move(map_));
    }

  private:
    [[noreturn]] void refuse(const std::string& path, const std::string& what) const {
        throw Failure(FailureKind::kBadFile, what, in_.where(path));
    }

    std::int64_t count(const std::string& name, std::int64_t least) const {
        const std::int64_t value = in_.integer(kGroup, name);
        if (value < least) refuse(kGroup + "@" + name, "must be at least " + std::to_string(least));
        return value;
    }

    double finite(const std::string& name) const {
        const double value = in_.real(kGroup, name);
        if (!std::isfinite(value)) refuse(kGroup + "@" + name, "is no number");
        return value;
    }

    std::vector<std::int64_t> budgets(const std::vector<std::int32_t>& values, const std::string& name) const {
        if (*std::min_element(values.begin(), values.end()) < 0) refuse(kGroup + "/" + name, "has budgets below 0");
        return {values.begin(), values.end()};
    }

    GateSpec gate(const std::string& name, GateSpec (*parse)(const std::string&) = parse_gate) const {
        try {
            return parse(in_.text(kGroup, name));
        } catch (const Failure& failure) {
            if (failure.kind() == FailureKind::kBadFile) throw;
            refuse(kGroup + "@" + name, failure.what());
        }
    }

    void request() {
        SensitivityRequest& request = map_.request;
        const GateSpec kind = gate("gate", parse_swept_gate);
        if (kind.terms.size() != 1) refuse(kGroup + "@gate", "must be one gate");
        request.gate = kind.terms[0];
        if (swept_of(kind) == Swept::kNothing) refuse(kGroup + "@gate", "must have a budget");
        name_ = name_of(request.gate);
        request.budgets = budgets(in_.int_list(kGroup + "/" + name_), name_);
        request.each_head = in_.integer(kGroup, "each_head") == 1;
        request.head_budget = count("head_" + name_, 0);
        request.mean_budget = finite("mean_" + name_);
        request.windows = count("windows", 0);
        request.window_length = count("window_length", 1);
    }

    Points points(const std::string& name, const h5::Shape& shape) const {
        const std::vector<double> nll = in_.doubles(kGroup + "/" + name, shape);
        const std::vector<double> error = in_.doubles(kGroup + "/" + name + "_standard_error", shape);
        Points out;
        for (std::size_t n = 0; n < nll.size(); ++n) out.push_back({nll[n], error[n]});
        return out;
    }

    void proposal() {
        BudgetProposal out;
        out.budgets = budgets(in_.ints(kGroup + "/proposed_" + name_, {map_.n_layers}), "proposed_" + name_);
        out.gate = gate("proposed_gate");
        out.equal = gate("equal_gate");
        out.predicted = finite("predicted");
        out.predicted_equal = finite("predicted_equal");
        out.measured = measured("measured");
        out.measured_equal = measured("measured_equal");
        map_.proposal = std::move(out);
    }

    SensitivityPoint measured(const std::string& name) const {
        return {in_.real(kGroup, name), in_.real(kGroup, name + "_standard_error")};
    }

    const h5::Reader& in_;
    SensitivityResult map_;
    std::string name_;
};

}  // namespace

void write_sensitivity(h5::Writer& out, const SensitivityResult& map) {
    if (!map.layer_cost.empty()) MapWriter(out, map).write();
}

std::shared_ptr<const SensitivityResult> read_sensitivity(const h5::Reader& in, std::int64_t n_layers,
                                                          std::int64_t n_heads) {
    return in.has(kGroup) ? MapReader(in).read(n_layers, n_heads) : nullptr;
}

}  // namespace gatescope
