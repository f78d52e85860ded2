#include "app/cli/progress_line.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>

namespace gatescope {
namespace {

constexpr std::chrono::milliseconds kRedrawEvery{100};
constexpr int kBarCells = 24;

std::string formatted(const char* format, double value) {
    char buffer[64];
    std::snprintf(buffer, sizeof buffer, format, value);
    return buffer;
}

std::string duration(double seconds) {
    const auto whole = static_cast<long>(std::ceil(seconds));
    if (whole < 60) return std::to_string(whole) + " s";
    if (whole < 3600) return std::to_string(whole / 60) + " min " + std::to_string(whole % 60) + " s";
    return std::to_string(whole / 3600) + " h " + std::to_string(whole / 60 % 60) + " min";
}

std::string bar(double share) {
    const int filled = static_cast<int>(std::clamp(share, 0.0, 1.0) * kBarCells);
    return "[" + std::string(static_cast<std::size_t>(filled), '#') +
           std::string(static_cast<std::size_t>(kBarCells - filled), '-') + "]";
}

void write_line(const std::string& text) {
    if (write(STDERR_FILENO, text.data(), text.size()) < 0) return;  // nobody to tell
}

}  // namespace

std::size_t terminal_width(int file) {
    winsize size = {};
    return ioctl(file, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

std::string progress_text(const JobProgress& progress) {
    std::string out = progress.title;
    if (progress.total <= 0) return out + (out.empty() ? "" : " ...");
    out += "  " + bar(progress.done / progress.total) + "  " + formatted("%.0f", progress.done) + " / " +
           formatted("%.0f", progress.total) + " " + progress.unit;
    if (progress.rate_per_s > 0)
        out += formatted(progress.rate_per_s < 10 ? "  %.2f/s" : "  %.0f/s", progress.rate_per_s);
    if (progress.remaining_s >= 0) out += "  " + duration(progress.remaining_s) + " left";
    return out;
}

ProgressLine::ProgressLine(const JobContext& job, bool quiet) : job_(job) {
    if (!quiet && isatty(STDERR_FILENO) == 1) thread_ = std::thread([this] { draw_until_stopped(); });
}

ProgressLine::~ProgressLine() {
    if (!thread_.joinable()) return;
    {
        const std::lock_guard lock(mutex_);
        stop_ = true;
    }
    wake_.notify_one();
    thread_.join();
    write_line("\r\x1b[K");
}

void ProgressLine::draw_until_stopped() {
    std::unique_lock lock(mutex_);
    while (!stop_) {
        if (const std::string text = progress_text(job_.progress()); !text.empty())
            write_line("\r\x1b[K" + text.substr(0, terminal_width(STDERR_FILENO) - 1));
        wake_.wait_for(lock, kRedrawEvery, [this] { return stop_; });
    }
}

}  // namespace gatescope
