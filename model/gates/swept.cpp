#include "model/gates/swept.h"

#include <algorithm>

#include "model/core/error.h"

namespace gatescope {

const std::vector<SweptInfo>& swept_infos() {
    static const std::vector<SweptInfo> infos = {
        {Swept::kKeys, "k", "Keys k", "numbers of keys", {8, 16, 32, 64, 128}, 64, 16},
        {Swept::kRank, "rank", "Rank r", "ranks of heads' kernels", {4, 8, 16, 32}, 16, 8}};
    return infos;
}

const SweptInfo& swept_info(Swept swept) {
    const auto& infos = swept_infos();
    const auto found = std::find_if(infos.begin(), infos.end(), [=](const auto& info) { return info.swept == swept; });
    if (found == infos.end()) throw Failure(FailureKind::kInternal, "nothing is swept", "swept_info");
    return *found;
}

}  // namespace gatescope
