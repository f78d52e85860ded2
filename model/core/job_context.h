#pragma once
// The one handle between a running job and whoever started it: progress out, cancellation in. No torch, no lock held
// while drawing. After WerWolv/ImHex's TaskManager: the progress tick is the cancel point.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

namespace gatescope {

// A copyable picture of a job's progress.
struct JobProgress {
    std::string title;        // "Perplexity under B"
    std::string unit;         // "windows"
    double done = 0;          // units, fractions allowed
    double total = 0;         // units; 0 while unknown
    double elapsed_s = 0;     // since start
    double rate_per_s = 0;    // units per second; 0 while unknown
    double remaining_s = -1;  // estimate; negative while unknown
};

class JobContext {
  public:
    explicit JobContext(std::string title = {}, std::string unit = {});
    JobContext(const JobContext&) = delete;
    JobContext& operator=(const JobContext&) = delete;

    // Throws Cancelled once cancel() was called. Call at every layer, query block and window. Runs the tick service.
    void tick();
    // tick() and set progress to `done` units.
    void tick(double done);
    // The work ahead, in units.
    void set_total(double total);
    // Renames what is going on ("Loading weights", "tensors") and starts its clock anew.
    void begin(std::string title, std::string unit, double total);

    // Short work that may be done between two pieces of this job (a click's head map while a window runs), called by
    // tick() on the thread that set it, never inside itself. It must not throw. Set before the job starts.
    void set_tick_service(std::function<void()> service);

    void cancel() noexcept { cancelled_.store(true, std::memory_order_relaxed); }
    bool cancelled() const noexcept { return cancelled_.load(std::memory_order_relaxed); }
    JobProgress progress() const;

  private:
    std::atomic<bool> cancelled_{false};
    std::atomic<double> done_{0}, total_{0};
    mutable std::mutex names_mutex_;
    std::string title_, unit_;
    std::chrono::steady_clock::time_point started_;
    std::function<void()> service_;
    std::thread::id service_thread_;
    bool serving_ = false;  // only touched on the service's thread
};

}  // namespace gatescope
