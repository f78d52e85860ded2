#pragma once
// Short lines in the lower right: errors until they are dismissed, the rest for a few seconds.

#include <cstdint>
#include <string>
#include <vector>

#include "app/window/frame.h"

namespace gatescope {

class Toasts {
  public:
    // `now` in seconds; `bottom` is the lower edge of the panels.
    void draw(Frame& frame, double now, float bottom);
    // A line of the window's own.
    void notice(const std::string& text, double now);
    // Seconds until the next one fades; negative where none will.
    double next_change(double now) const;

  private:
    struct Toast {
        std::uint64_t message = 0;  // 0: the window's own
        Severity severity = Severity::kInfo;
        std::string text;
        double until = 0;  // infinity for what waits to be dismissed
    };
    void follow(const Frame& frame, double now);

    std::vector<Toast> toasts_;
    std::uint64_t newest_ = 0;
};

}  // namespace gatescope
