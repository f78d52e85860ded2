#pragma once
// Latest-value hand-over between threads: what was put last is what is there; nothing queues up. The lock is held only
// while a pointer is copied, never while a value is made, drawn or freed. No torch.

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>

namespace gatescope {

template <typename Value>
class Mailbox {
  public:
    using Pointer = std::shared_ptr<const Value>;
    explicit Mailbox(Pointer first = {}) : latest_(std::move(first)) {}

    void put(Pointer value) {
        {
            const std::lock_guard lock(mutex_);
            latest_.swap(value);
        }
        arrived_.notify_all();
    }

    Pointer latest() const {
        const std::lock_guard lock(mutex_);
        return latest_;
    }

    // Blocks until the latest value satisfies `wanted`; nullptr after `longest`. Values that were replaced meanwhile
    // may never be looked at.
    Pointer wait(const std::function<bool(const Value&)>& wanted, std::chrono::milliseconds longest) const {
        const auto deadline = std::chrono::steady_clock::now() + longest;
        std::unique_lock lock(mutex_);
        while (true) {
            const Pointer seen = latest_;
            lock.unlock();
            if (seen && wanted(*seen)) return seen;
            lock.lock();
            if (!arrived_.wait_until(lock, deadline, [&] { return latest_ != seen; })) return {};
        }
    }

  private:
    mutable std::mutex mutex_;
    mutable std::condition_variable arrived_;
    Pointer latest_;
};

}  // namespace gatescope
