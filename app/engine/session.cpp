#include "app/engine/session.h"

#include <utility>

#include "app/engine/conductor.h"

namespace gatescope {

struct Session::State {
    Conductor conductor;
};

Session::Session(Settings initial, std::function<void()> wake, MemoryProbe probe)
    : state_(new State{{initial, std::move(wake), std::move(probe)}}) {}

Session::~Session() = default;

void Session::send(const Command& command) {
    state_->conductor.handle(command);
}

std::shared_ptr<const Snapshot> Session::snapshot() const {
    return state_->conductor.board().latest();
}

std::shared_ptr<const Snapshot> Session::wait(const std::function<bool(const Snapshot&)>& wanted,
                                              std::chrono::milliseconds longest) const {
    return state_->conductor.board().mailbox().wait(wanted, longest);
}

}  // namespace gatescope
