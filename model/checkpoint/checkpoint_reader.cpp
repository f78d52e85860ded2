#include "model/checkpoint/checkpoint_reader.h"

namespace gatescope {

std::int64_t TensorInfo::element_count() const {
    std::int64_t count = 1;
    for (const std::int64_t dimension : shape) count *= dimension;
    return count;
}

const TensorInfo* CheckpointReader::find(const std::string& name) const {
    std::call_once(indexed_, [this] {
        for (std::size_t i = 0; i < tensors().size(); ++i) index_.emplace(tensors()[i].name, i);
    });
    const auto found = index_.find(name);
    return found == index_.end() ? nullptr : &tensors()[found->second];
}

}  // namespace gatescope
