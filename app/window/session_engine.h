#pragma once
// The real engine behind the window's interface.

#include <functional>
#include <utility>

#include "app/engine/session.h"
#include "app/window/engine.h"

namespace gatescope {

class SessionEngine : public Engine {
  public:
    SessionEngine(Settings settings, std::function<void()> wake, MemoryProbe probe = memory_there)
        : session_(std::move(settings), std::move(wake), std::move(probe)) {}
    void send(Command command) override { session_.send(command); }
    std::shared_ptr<const Snapshot> snapshot() const override { return session_.snapshot(); }
    Session& session() { return session_; }

  private:
    Session session_;
};

}  // namespace gatescope
