#pragma once
// The snapshot in the making: every part of the engine changes it here, and each change is handed over whole. Callable
// from any thread. No torch.

#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "app/engine/mailbox.h"
#include "app/engine/snapshot.h"

namespace gatescope {

class Board {
  public:
    // `wake` is called after each change, without a lock.
    Board(Settings initial, std::function<void()> wake);

    // Edits a copy of the latest snapshot and publishes it; what follows from other fields is brought up to date.
    void change(const std::function<void(Snapshot&)>& edit);
    void say(Severity severity, const std::string& text);
    void dismiss(std::uint64_t message);

    std::shared_ptr<const Snapshot> latest() const { return mailbox_.latest(); }
    const Mailbox<Snapshot>& mailbox() const { return mailbox_; }

  private:
    std::mutex editing_;  // one editor at a time
    Mailbox<Snapshot> mailbox_;
    std::function<void()> wake_;
    std::uint64_t next_message_ = 1;
};

}  // namespace gatescope
