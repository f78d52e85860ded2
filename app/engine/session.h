#pragma once
// The engine behind the window: one worker thread owns the model; commands go in, snapshots come out. Newer commands of
// a kind replace older ones that wait; a running job that a new command makes obsolete is cancelled at its next tick.

#include <chrono>
#include <functional>
#include <memory>

#include "app/engine/commands.h"
#include "app/engine/model_memory.h"
#include "app/engine/snapshot.h"

namespace gatescope {

class Session {
  public:
    // `wake` is called from the worker whenever a new snapshot is there (posts an empty window event).
    // `probe`: what memory there is.
    Session(Settings initial, std::function<void()> wake, MemoryProbe probe = memory_there);
    // Cancels what runs and joins.
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    // Never blocks, never throws for what the command asks.
    void send(const Command& command);
    // The newest picture; never nullptr.
    std::shared_ptr<const Snapshot> snapshot() const;
    // Blocks until a snapshot satisfies `wanted` and returns it; nullptr after `longest`. For tests and scripts: the
    // window's thread never waits.
    std::shared_ptr<const Snapshot> wait(const std::function<bool(const Snapshot&)>& wanted,
                                         std::chrono::milliseconds longest) const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace gatescope
