#include "captures/spectra_group.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "analysis/result_id.h"
#include "captures/schema.h"
#include "captures/spectra_layout.h"
#include "model/core/error.h"

namespace gatescope {
namespace {

namespace layout = spectra_layout;
using Dims = std::vector<std::string>;

const Dims kPerHead = {schema::kLayer, schema::kHead};

class SpectraWriter {
  public:
    SpectraWriter(h5::Writer& out, const std::string& group) : out_(out), group_(group) {}

    void write(const Spectra& spectra) {
        out_.group(group_);
        out_.attribute(group_, "delta", spectra.request.delta);
        out_.attribute(group_, "seed", spectra.request.seed);
        if (spectra.raw || spectra.folded) out_.group(group_ + "/weights");
        if (spectra.raw) kernels(group_ + "/weights/raw", *spectra.raw);
        if (spectra.folded) kernels(group_ + "/weights/folded", *spectra.folded);
        if (spectra.controls) controls(group_ + "/controls", *spectra.controls);
        if (spectra.activations) activations(group_ + "/activations", *spectra.activations);
        if (spectra.cosines) cosines(group_ + "/cosines", *spectra.cosines);
    }

  private:
    void grid(const std::string& group, const std::string& name, const HeadGrid& grid) {
        out_.floats(group, name, grid.values, kPerHead);
    }

    // Those that are promised must be there; what else there is goes along.
    void grids(const std::string& group, const std::map<std::string, HeadGrid>& grids, const auto& promised) {
        for (const char* name : promised)
            if (!grids.contains(name))
                throw Failure(FailureKind::kInternal, "spectra without " + std::string(name), group);
        for (const auto& [name, values] : grids) grid(group, name, values);
    }

    void spectrum(const std::string& group, const SpectrumPart& part, const char* values, const char* component) {
        out_.count_scale(group, component, part.values.n_values);
        out_.floats(group, values, part.values.values, {schema::kLayer, schema::kHead, component});
        grids(group, part.ranks, layout::kRanks);
    }

    void part(const std::string& group, const SpectrumPart& part) {
        out_.group(group);
        spectrum(group, part, layout::kValues, layout::kPartComponent);
    }

    void kernels(const std::string& group, const WeightSpectra& of) {
        out_.group(group);
        spectrum(group, of.whole, layout::kSingularValues, layout::kComponent);
        grids(group, of.figures, layout::kKernelFigures);
        part(group + "/" + layout::kSkew, of.skew);
        part(group + "/" + layout::kSymmetric, of.symmetric);
    }

    void band(const std::string& group, const ControlBand& band, const char* values, const char* component) {
        if (band.mean.empty()) return;
        std::vector<float> bounds = band.low;
        bounds.insert(bounds.end(), band.mean.begin(), band.mean.end());
        bounds.insert(bounds.end(), band.high.begin(), band.high.end());
        out_.count_scale(group, component, static_cast<std::int64_t>(band.mean.size()));
        out_.floats(group, values, bounds, {layout::kBound, component});
    }

    void controls(const std::string& group, const SpectraControls& of) {
        out_.group(group);
        out_.attribute(group, "seed", of.seed);
        const std::string random = group + "/kernels", skew = random + "/" + layout::kSkew,
                          symmetric = random + "/" + layout::kSymmetric;
        for (const std::string& made : {random, skew, symmetric}) out_.group(made);
        out_.attribute(random, "draws", of.kernels.draws);
        out_.count_scale(random, layout::kBound, layout::kBounds);
        band(random, of.kernels.whole, layout::kSingularValues, layout::kComponent);
        band(skew, of.kernels.skew, layout::kValues, layout::kPartComponent);
        band(symmetric, of.kernels.symmetric, layout::kValues, layout::kPartComponent);
        for (const auto& [id, bounds] : of.kernels.figures) out_.floats(random, id, bounds, {layout::kBound});
        if (of.raw_projections) kernels(group + "/raw_projections", *of.raw_projections);
        if (of.folded_projections) kernels(group + "/folded_projections", *of.folded_projections);
    }

    void activations(const std::string& group, const ActivationSpectra& of) {
        out_.group(group);
        out_.attribute(group, "windows", of.windows);
        grid(group, "routing_fraction", of.routing_fraction);
        HeadGrid capacity = of.routing_fraction;
        std::fill(capacity.values.begin(), capacity.values.end(), static_cast<float>(of.capacity));
        grid(group, "capacity", capacity);
        part(group + "/" + layout::kSkew, of.skew);
        part(group + "/" + layout::kSymmetric, of.symmetric);
        part(group + "/" + layout::kCentred, of.centred);
    }

    void cosines(const std::string& group, const PairCosines& of) {
        out_.group(group);
        out_.attribute(group, "windows", of.windows);
        grid(group, "attended", of.attended);
        grid(group, "other", of.other);
    }

    h5::Writer& out_;
    std::string group_;
};

class SpectraReader {
  public:
    SpectraReader(const h5::Reader& in, const std::string& group, std::int64_t n_layers, std::int64_t n_heads)
        : in_(in), group_(group), n_layers_(n_layers), n_heads_(n_heads) {}

    std::shared_ptr<const Spectra> read() {
        auto out = std::make_shared<Spectra>();
        out->id = next_result_id();
        out->request.delta = integer_or(group_, "delta", 0);
        out->request.seed = integer_or(group_, "seed", 0);
        out->raw = kernels(group_ + "/weights/raw");
        out->folded = kernels(group_ + "/weights/folded");
        if (in_.has(group_ + "/controls")) out->controls = controls(group_ + "/controls");
        if (in_.has(group_ + "/activations")) out->activations = activations(group_ + "/activations");
        if (in_.has(group_ + "/cosines")) out->cosines = cosines(group_ + "/cosines");
        out->request.raw = out->raw.has_value();
        out->request.folded = out->folded.has_value();
        out->request.controls = out->controls.has_value();
        out->request.activations = out->activations.has_value();
        out->request.cosines = out->cosines.has_value();
        return out;
    }

  private:
    [[noreturn]] void refuse(const std::string& path, const std::string& what) const {
        throw Failure(FailureKind::kBadFile, what, in_.where(path));
    }

    std::int64_t integer_or(const std::string& group, const char* name, std::int64_t otherwise) const {
        return in_.has_attribute(group, name) ? in_.integer(group, name) : otherwise;
    }

    std::int64_t count(const std::string& group, const char* name, std::int64_t otherwise) const {
        const std::int64_t value = integer_or(group, name, otherwise);
        if (value < 0) refuse(group + "@" + name, "is below 0");
        return value;
    }

    // What other programs' captures, which have one number of windows only, don't repeat.
    std::int64_t windows(const std::string& group) const {
        return count(group, "windows", integer_or("/", "windows", 0));
    }

    HeadGrid grid(const std::string& path) const {
        return {n_layers_, n_heads_, in_.floats(path, {n_layers_, n_heads_})};
    }

    std::map<std::string, HeadGrid> grids(const std::string& group, const auto& names) const {
        std::map<std::string, HeadGrid> out;
        for (const char* name : names) out[name] = grid(group + "/" + name);
        return out;
    }

    // Length of the last dimension of an array that has the given ones before it.
    std::int64_t last_size(const std::string& path, h5::Shape before) const {
        const h5::Shape shape = in_.shape(path);
        if (shape.size() != before.size() + 1 || shape.back() < 1) refuse(path, "has an impossible shape");
        return shape.back();
    }

    SpectrumPart spectrum(const std::string& group, const char* values) const {
        const std::string path = group + "/" + values;
        const std::int64_t count = last_size(path, {n_layers_, n_heads_});
        SpectrumPart out;
        out.values = {n_layers_, n_heads_, count, in_.floats(path, {n_layers_, n_heads_, count})};
        out.ranks = grids(group, layout::kRanks);
        return out;
    }

    SpectrumPart part(const std::string& group, const char* name) const {
        return spectrum(group + "/" + name, layout::kValues);
    }

    std::optional<WeightSpectra> kernels(const std::string& group) const {
        if (!in_.has(group)) return std::nullopt;
        WeightSpectra out;
        out.whole = spectrum(group, layout::kSingularValues);
        out.figures = grids(group, layout::kKernelFigures);
        out.skew = part(group, layout::kSkew);
        out.symmetric = part(group, layout::kSymmetric);
        return out;
    }

    ControlBand band(const std::string& path) const {
        if (!in_.has(path)) return {};
        const std::int64_t count = last_size(path, {layout::kBounds});
        const std::vector<float> bounds = in_.floats(path, {layout::kBounds, count});
        return {{bounds.begin(), bounds.begin() + count},
                {bounds.begin() + count, bounds.begin() + 2 * count},
                {bounds.begin() + 2 * count, bounds.end()}};
    }

    void bounds(const std::string& group, const std::string& id, RandomKernels& out) const {
        if (!in_.has(group + "/" + id)) return;
        const std::vector<float> found = in_.floats(group + "/" + id, {layout::kBounds});
        out.figures[id] = {found[0], found[1], found[2]};
    }

    SpectraControls controls(const std::string& group) const {
        SpectraControls out;
        out.seed = integer_or(group, "seed", 0);
        if (const std::string random = group + "/kernels"; in_.has(random)) {
            out.kernels.draws = count(random, "draws", out.kernels.draws);
            out.kernels.whole = band(random + "/" + layout::kSingularValues);
            out.kernels.skew = band(random + "/" + layout::kSkew + "/" + layout::kValues);
            out.kernels.symmetric = band(random + "/" + layout::kSymmetric + "/" + layout::kValues);
            for (const char* id : layout::kKernelFigures) bounds(random, id, out.kernels);
            for (const char* id : layout::kRanks)
                for (const char* part : {"", "skew/", "symmetric/"})
                    bounds(random, std::string(part) + id, out.kernels);
        }
        out.raw_projections = kernels(group + "/raw_projections");
        out.folded_projections = kernels(group + "/folded_projections");
        return out;
    }

    // The same for all heads, and as many as a part has values.
    std::int64_t capacity(const std::string& path, const SpectrumPart& part) const {
        const HeadGrid found = grid(path);
        for (const float value : found.values)
            if (!(value == static_cast<float>(part.values.n_values)))
                refuse(path, "is not the number of values of a part, " + std::to_string(part.values.n_values));
        return part.values.n_values;
    }

    ActivationSpectra activations(const std::string& group) const {
        ActivationSpectra out;
        out.windows = windows(group);
        out.routing_fraction = grid(group + "/routing_fraction");
        out.skew = part(group, layout::kSkew);
        out.symmetric = part(group, layout::kSymmetric);
        out.centred = part(group, layout::kCentred);
        out.capacity = capacity(group + "/capacity", out.skew);
        return out;
    }

    PairCosines cosines(const std::string& group) const {
        return {windows(group), grid(group + "/attended"), grid(group + "/other")};
    }

    const h5::Reader& in_;
    std::string group_;
    std::int64_t n_layers_, n_heads_;
};

}  // namespace

void write_spectra(h5::Writer& out, const std::string& group, const Spectra& spectra) {
    SpectraWriter(out, group).write(spectra);
}

std::shared_ptr<const Spectra> read_spectra(const h5::Reader& in, const std::string& group, std::int64_t n_layers,
                                            std::int64_t n_heads) {
    return in.has(group) ? SpectraReader(in, group, n_layers, n_heads).read() : nullptr;
}

}  // namespace gatescope
