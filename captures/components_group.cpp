#include "captures/components_group.h"

#include <algorithm>

#include "analysis/result_id.h"
#include "captures/piece_text.h"
#include "model/core/error.h"

namespace gatescope {
namespace {

const std::string kWindowToken = "window_token";
const std::string kLoadedToken = "loaded_token";
const std::string kSide = "side";

// More than anybody asks for: what a file can make of a few of its bytes has an end.
constexpr std::int64_t kMostComponents = 1000, kMostTokens = 4000;

// Planes and axes differ in this alone.
struct Part {
    bool routing;
    std::string group, dimension;
    std::int64_t sides;
    std::int64_t directions;  // of a component, and coordinates of a token
};

const std::string kDirection = "direction";
const std::string kChannel = "channel";

const Part kPlanes = {true, "planes", "plane", 4, 2};
const Part kAxes = {false, "axes", "axis", 2, 1};

// One part's arrays, row by row as they are stored.
struct PartArrays {
    std::vector<float> value, share, directions, loadings, coordinates;
    std::vector<std::int32_t> ids;
    std::vector<std::string> pieces;
};

std::size_t longest_side(const std::vector<HeadComponent>& components) {
    std::size_t out = 0;
    for (const HeadComponent& component : components)
        for (const ComponentSide& side : component.sides) out = std::max(out, side.size());
    return out;
}

void add_side(const ComponentSide& side, std::size_t length, PartArrays& out) {
    for (std::size_t n = 0; n < length; ++n) {
        const LoadedToken token = n < side.size() ? side[n] : LoadedToken{-1, "", kNaN};
        out.ids.push_back(token.id);
        out.pieces.push_back(piece_text(token.piece));
        out.loadings.push_back(token.loading);
    }
}

bool fits(const HeadComponent& component, const Part& part, std::size_t width, std::size_t window) {
    const auto wide = [width](const std::vector<float>& direction) { return direction.size() == width; };
    return static_cast<std::int64_t>(component.sides.size()) == part.sides && component.tokens.size() == window &&
           static_cast<std::int64_t>(component.directions.size()) == part.directions &&
           std::all_of(component.directions.begin(), component.directions.end(), wide);
}

PartArrays arrays_of(const std::vector<HeadComponent>& components, const Part& part, std::size_t width,
                     std::size_t window) {
    const std::size_t length = longest_side(components);
    PartArrays out;
    for (const HeadComponent& component : components) {
        if (!fits(component, part, width, window))
            throw Failure(FailureKind::kInternal, "a component of another shape than the rest", part.group);
        out.value.push_back(component.value);
        out.share.push_back(component.share);
        for (const auto& direction : component.directions)
            out.directions.insert(out.directions.end(), direction.begin(), direction.end());
        for (const ComponentSide& side : component.sides) add_side(side, length, out);
        for (const auto& token : component.tokens)
            out.coordinates.insert(out.coordinates.end(), token.begin(), token.begin() + part.directions);
    }
    return out;
}

std::size_t width_of(const std::vector<HeadComponent>& components) {
    return components[0].directions.empty() ? 0 : components[0].directions[0].size();
}

void write_part(h5::Writer& out, const std::string& parent, const std::vector<HeadComponent>& components,
                const Part& part, std::size_t window) {
    if (components.empty()) return;
    const std::string group = parent + "/" + part.group;
    const std::size_t width = width_of(components);
    const PartArrays arrays = arrays_of(components, part, width, window);
    out.group(group);
    out.count_scale(group, part.dimension, static_cast<std::int64_t>(components.size()));
    out.floats(group, "value", arrays.value, {part.dimension});
    out.floats(group, "share", arrays.share, {part.dimension});
    out.count_scale(group, kDirection, part.directions);
    out.count_scale(group, kChannel, static_cast<std::int64_t>(width));
    out.floats(group, "directions", arrays.directions, {part.dimension, kDirection, kChannel});
    if (!arrays.ids.empty()) {
        const std::vector<std::string> dims = {part.dimension, kSide, kLoadedToken};
        out.count_scale(group, kSide, part.sides);
        out.count_scale(group, kLoadedToken, static_cast<std::int64_t>(longest_side(components)));
        out.ints(group, "ids", arrays.ids, dims);
        out.strings(group, "pieces", arrays.pieces, dims);
        out.floats(group, "loadings", arrays.loadings, dims);
    }
    if (window > 0) out.floats(group, "coordinates", arrays.coordinates, {part.dimension, kWindowToken, kDirection});
}

void write_window(h5::Writer& out, const std::string& group, const HeadComponents& head,
                  const std::map<std::int32_t, std::string>& pieces) {
    out.count_scale(group, kWindowToken, static_cast<std::int64_t>(head.ids.size()));
    out.ints(group, "ids", head.ids, {kWindowToken});
    const auto known = [&pieces](std::int32_t id) { return pieces.contains(id); };
    if (!std::all_of(head.ids.begin(), head.ids.end(), known)) return;
    std::vector<std::string> texts;
    for (const std::int32_t id : head.ids) texts.push_back(piece_text(pieces.at(id)));
    out.strings(group, "pieces", texts, {kWindowToken});
}

class HeadReader {
  public:
    HeadReader(const h5::Reader& in, std::string group) : in_(in), group_(std::move(group)) {}

    HeadComponents read(std::map<std::int32_t, std::string>& pieces) const {
        HeadComponents out;
        out.id = next_result_id();
        out.request = {count("layer"),  count("head"),  in_.integer(group_, "delta"),
                       count("window"), count("count"), count("tokens")};
        out.skew_fraction = static_cast<float>(in_.real(group_, "skew_fraction"));
        if (in_.has(group_ + "/ids")) out.ids = in_.int_list(group_ + "/ids");
        if (in_.has(group_ + "/pieces")) {
            const auto texts = in_.strings(group_ + "/pieces", {size_of(out.ids)});
            for (std::size_t n = 0; n < texts.size(); ++n) pieces[out.ids[n]] = texts[n];
        }
        out.planes = components(kPlanes, size_of(out.ids));
        out.axes = components(kAxes, size_of(out.ids));
        return out;
    }

  private:
    [[noreturn]] void refuse(const std::string& path, const std::string& what) const {
        throw Failure(FailureKind::kBadFile, what, in_.where(path));
    }

    static std::int64_t size_of(const auto& values) { return static_cast<std::int64_t>(values.size()); }

    std::int64_t count(const char* name) const {
        const std::int64_t value = in_.integer(group_, name);
        if (value < 0) refuse(group_ + "@" + name, "is below 0");
        return value;
    }

    std::vector<HeadComponent> components(const Part& part, std::int64_t window) const {
        const std::string group = group_ + "/" + part.group + "/";
        if (!in_.has(group_ + "/" + part.group)) return {};
        const h5::Shape shape = in_.shape(group + "value");
        if (shape.size() != 1 || shape[0] > kMostComponents)
            refuse(group + "value", "is no list of at most " + std::to_string(kMostComponents));
        const std::vector<float> value = in_.floats(group + "value", shape), share = in_.floats(group + "share", shape);
        std::vector<HeadComponent> out(value.size());
        for (std::size_t n = 0; n < out.size(); ++n) {
            out[n].routing = part.routing;
            out[n].value = value[n];
            out[n].share = share[n];
            out[n].sides.resize(static_cast<std::size_t>(part.sides));
        }
        directions(group + "directions", part, out);
        if (in_.has(group + "ids")) sides(group, part, out);
        if (window > 0) tokens(group + "coordinates", part, window, out);
        return out;
    }

    void directions(const std::string& path, const Part& part, std::vector<HeadComponent>& out) const {
        const h5::Shape shape = in_.shape(path);
        if (shape.size() != 3 || shape[0] != size_of(out) || shape[1] != part.directions)
            refuse(path, "has an impossible shape");
        const std::vector<float> found = in_.floats(path, shape);
        auto at = found.begin();
        for (HeadComponent& component : out)
            for (std::int64_t n = 0; n < shape[1]; ++n, at += shape[2])
                component.directions.emplace_back(at, at + shape[2]);
    }

    void sides(const std::string& group, const Part& part, std::vector<HeadComponent>& out) const {
        const h5::Shape shape = in_.shape(group + "ids");
        if (shape.size() != 3 || shape[0] != size_of(out) || shape[1] != part.sides || shape[2] > kMostTokens)
            refuse(group + "ids", "has an impossible shape");
        const std::vector<std::int32_t> ids = in_.ints(group + "ids", shape);
        const std::vector<std::string> pieces = in_.strings(group + "pieces", shape);
        const std::vector<float> loadings = in_.floats(group + "loadings", shape);
        std::size_t at = 0;
        for (HeadComponent& component : out)
            for (ComponentSide& side : component.sides)
                for (std::int64_t n = 0; n < shape[2]; ++n, ++at)
                    if (ids[at] >= 0) side.push_back({ids[at], pieces[at], loadings[at]});
    }

    void tokens(const std::string& path, const Part& part, std::int64_t window, std::vector<HeadComponent>& out) const {
        const std::vector<float> found = in_.floats(path, {size_of(out), window, part.directions});
        auto at = found.begin();
        for (HeadComponent& component : out)
            for (std::int64_t n = 0; n < window; ++n, at += part.directions) {
                component.tokens.push_back({0, 0});
                std::copy_n(at, part.directions, component.tokens.back().begin());
            }
    }

    const h5::Reader& in_;
    std::string group_;
};

}  // namespace

void write_head(h5::Writer& out, const std::string& parent, const HeadComponents& head,
                const std::map<std::int32_t, std::string>& pieces) {
    const ComponentsRequest& request = head.request;
    const std::string group =
        parent + "/layer_" + std::to_string(request.layer) + "_head_" + std::to_string(request.head);
    out.group(group);
    out.attribute(group, "layer", request.layer);
    out.attribute(group, "head", request.head);
    out.attribute(group, "delta", request.delta);
    out.attribute(group, "window", request.window);
    out.attribute(group, "count", request.count);
    out.attribute(group, "tokens", request.tokens);
    out.attribute(group, "skew_fraction", static_cast<double>(head.skew_fraction));
    if (!head.ids.empty()) write_window(out, group, head, pieces);
    write_part(out, group, head.planes, kPlanes, head.ids.size());
    write_part(out, group, head.axes, kAxes, head.ids.size());
}

HeadComponents read_head(const h5::Reader& in, const std::string& group, std::map<std::int32_t, std::string>& pieces) {
    return HeadReader(in, group).read(pieces);
}

}  // namespace gatescope
