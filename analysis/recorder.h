#pragma once
// What collects over windows: an Observer whose window counts only once it is committed, so that a window that was
// cancelled, even after its last layer, counts nowhere.

#include <algorithm>
#include <cstdint>
#include <vector>

#include "model/hooks.h"

namespace gatescope {

// The layers and heads that a run looks at; arrays of results hold just those, in this order.
struct AnalysedHeads {
    std::vector<std::int64_t> layers, heads;
    std::int64_t n_layers() const { return static_cast<std::int64_t>(layers.size()); }
    std::int64_t n_heads() const { return static_cast<std::int64_t>(heads.size()); }
    bool has_layer(std::int64_t layer) const { return std::binary_search(layers.begin(), layers.end(), layer); }
    // Position of an analysed layer.
    std::int64_t row_of(std::int64_t layer) const {
        return std::lower_bound(layers.begin(), layers.end(), layer) - layers.begin();
    }
};

class Recorder : public Observer {
  public:
    // The window that began last counts. Nothing of it does where this is not called before the next begins.
    virtual void commit() = 0;
};

}  // namespace gatescope
