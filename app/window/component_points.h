#pragma once
// A component of a head as a picture of the window's tokens: where each lies, what it adds to one query's scores, which
// ones deserve a label. No Dear ImGui.

#include <cstdint>
#include <string>
#include <vector>

#include "analysis/spectra/component_pairs.h"
#include "analysis/spectra/survey_results.h"

namespace gatescope {

struct ComponentPicture {
    float reach = 1;                       // no token lies farther out
    std::vector<std::size_t> extremes;     // positions farthest out, each id once, farthest first; a few
    std::vector<ComponentPair> strongest;  // of all pairs; none for windows too long to go through them at once
};
// Empty where `ids` aren't those of the component's tokens.
ComponentPicture component_picture(const HeadComponent& component, const std::vector<std::int32_t>& ids, bool causal);

// How many tokens of its bin each token of an axis lies on, in `bins` from -reach to reach.
std::vector<std::size_t> stacked(const HeadComponent& axis, float reach, std::size_t bins);

// What the component adds to the scores of one query, by key: NaN where a causal model's query can't attend.
struct QueryAdds {
    std::vector<float> by_key;
    float most = 0;  // the largest magnitude
};
QueryAdds query_adds(const HeadComponent& component, bool causal, std::size_t query);

// The first `most` different labels of a side's tokens.
std::vector<std::string> side_labels(const ComponentSide& side, std::size_t most);

// Leading planes, or axes, of which at least one is there.
const std::vector<HeadComponent>& components_of(const HeadComponents& head, bool routing);

}  // namespace gatescope
