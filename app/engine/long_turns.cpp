#include "app/engine/long_turns.h"

#include <utility>

namespace gatescope {

void LongTurns::set_begin(Side side, std::function<void()> begin) {
    of(side).begin = std::move(begin);
}

bool LongTurns::take(Side side) {
    const std::lock_guard lock(mutex_);
    of(side).waits = holder_ && *holder_ != side;
    if (!of(side).waits) holder_ = side;
    return !of(side).waits;
}

void LongTurns::give(Side side) {
    bool waited = false;
    {
        const std::lock_guard lock(mutex_);
        if (holder_ != side) return;
        holder_.reset();
        waited = std::exchange(of(other(side)).waits, false);
    }
    if (waited) of(other(side)).begin();
}

bool LongTurns::other_waits(Side side) const {
    const std::lock_guard lock(mutex_);
    return of(other(side)).waits;
}

}  // namespace gatescope
