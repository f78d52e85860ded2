#pragma once
// All that the window needs of the engine, so that window tests can stand in for it.

#include <memory>

#include "app/engine/commands.h"
#include "app/engine/snapshot.h"

namespace gatescope {

class Engine {
  public:
    virtual ~Engine() = default;
    // Never blocks.
    virtual void send(Command command) = 0;
    // Never nullptr.
    virtual std::shared_ptr<const Snapshot> snapshot() const = 0;
};

}  // namespace gatescope
