#pragma once
// What collects over windows: an Observer whose window counts only once it is committed, so that a window that was
// cancelled, even after its last layer, counts nowhere.

#include <algorithm>
#include <cstdint>
#include <memory>
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

// What a recorder found in one layer of a window: good for any other pass that has done the same up to there.
struct LayerFindings {
    virtual ~LayerFindings() = default;
    virtual std::uint64_t bytes() const { return 0; }  // that are worth counting
};

class Recorder : public Observer {
  public:
    // Does it have to see this layer of the next window, or can a pass leave it out?
    virtual bool looks_at(std::int64_t layer) const {
        (void)layer;
        return true;
    }
    // Of a layer that it looked at in the window at work; nullptr: only a look will do.
    virtual std::shared_ptr<const LayerFindings> findings(std::int64_t layer) const {
        (void)layer;
        return nullptr;
    }
    // In place of a look, what another recorder of its kind found. In any order, before commit().
    virtual void take(std::int64_t layer, const LayerFindings& found) { (void)layer, (void)found; }
    // The window that began last counts. Nothing of it does where this is not called before the next begins.
    virtual void commit() = 0;
};

}  // namespace gatescope
