#include "app/window/component_points.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>

#include "app/window/token_text.h"

namespace gatescope {

namespace {

constexpr std::size_t kExtremes = 14, kPairs = 6, kLongestForPairs = 1024;

float length(const std::array<float, 2>& token) {
    return std::hypot(token[0], token[1]);
}

float reach_of(const HeadComponent& component) {
    float out = 0;
    for (const auto& token : component.tokens) out = std::max(out, length(token));
    return out > 0 ? out : 1;
}

std::vector<std::size_t> extremes_of(const HeadComponent& component, const std::vector<std::int32_t>& ids) {
    std::vector<std::size_t> order(component.tokens.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return length(component.tokens[a]) > length(component.tokens[b]);
    });
    std::set<std::int32_t> seen;
    std::erase_if(order, [&](std::size_t at) { return !seen.insert(ids[at]).second; });
    order.resize(std::min(order.size(), kExtremes));
    return order;
}

}  // namespace

ComponentPicture component_picture(const HeadComponent& component, const std::vector<std::int32_t>& ids, bool causal) {
    ComponentPicture out;
    if (component.tokens.empty() || component.tokens.size() != ids.size()) return out;
    out.reach = reach_of(component);
    out.extremes = extremes_of(component, ids);
    if (ids.size() <= kLongestForPairs) out.strongest = strongest_pairs(component, ids, causal, kPairs);
    return out;
}

std::vector<std::size_t> stacked(const HeadComponent& axis, float reach, std::size_t bins) {
    std::vector<std::size_t> count(std::max<std::size_t>(bins, 1), 0), out;
    for (const auto& [a, b] : axis.tokens) {
        const float place = (a / reach + 1) / 2 * static_cast<float>(count.size());
        const auto bin = static_cast<std::size_t>(std::clamp(place, 0.0F, static_cast<float>(count.size() - 1)));
        out.push_back(count[bin]++);
    }
    return out;
}

QueryAdds query_adds(const HeadComponent& component, bool causal, std::size_t query) {
    QueryAdds out;
    const std::size_t keys = component.tokens.size();
    out.by_key.assign(keys, std::numeric_limits<float>::quiet_NaN());
    for (std::size_t key = 0; key < (causal ? query + 1 : keys); ++key) {
        out.by_key[key] = contribution(component, query, key);
        out.most = std::max(out.most, std::abs(out.by_key[key]));
    }
    return out;
}

std::vector<std::string> side_labels(const ComponentSide& side, std::size_t most) {
    std::vector<std::string> out;
    for (const LoadedToken& token : side) {
        std::string label = piece_label(token.piece);
        if (out.size() >= most) break;
        if (std::find(out.begin(), out.end(), label) == out.end()) out.push_back(std::move(label));
    }
    return out;
}

const std::vector<HeadComponent>& components_of(const HeadComponents& head, bool routing) {
    return (routing || head.axes.empty()) && !head.planes.empty() ? head.planes : head.axes;
}

}  // namespace gatescope
