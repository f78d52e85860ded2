#include "model/core/job_context.h"

#include <utility>

#include "model/core/error.h"

namespace gatescope {

JobContext::JobContext(std::string title, std::string unit)
    : title_(std::move(title)), unit_(std::move(unit)), started_(std::chrono::steady_clock::now()) {}

void JobContext::tick() {
    if (cancelled()) throw Cancelled();
    if (!service_ || std::this_thread::get_id() != service_thread_ || serving_) return;
    serving_ = true;
    service_();
    serving_ = false;
}

void JobContext::set_tick_service(std::function<void()> service) {
    service_ = std::move(service);
    service_thread_ = std::this_thread::get_id();
}

void JobContext::tick(double done) {
    tick();
    done_.store(done, std::memory_order_relaxed);
}

void JobContext::set_total(double total) {
    total_.store(total, std::memory_order_relaxed);
}

void JobContext::begin(std::string title, std::string unit, double total) {
    tick();
    const std::lock_guard lock(names_mutex_);
    title_ = std::move(title);
    unit_ = std::move(unit);
    started_ = std::chrono::steady_clock::now();
    done_.store(0, std::memory_order_relaxed);
    total_.store(total, std::memory_order_relaxed);
}

JobProgress JobContext::progress() const {
    JobProgress out;
    {
        const std::lock_guard lock(names_mutex_);
        out.title = title_;
        out.unit = unit_;
        out.elapsed_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count();
    }
    out.done = done_.load(std::memory_order_relaxed);
    out.total = total_.load(std::memory_order_relaxed);
    if (out.done > 0 && out.elapsed_s > 0) {
        out.rate_per_s = out.done / out.elapsed_s;
        if (out.total >= out.done) out.remaining_s = (out.total - out.done) / out.rate_per_s;
    }
    return out;
}

}  // namespace gatescope
