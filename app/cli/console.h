#pragma once
// Standard output and standard error. Output is held back until the verb is done, so that a failure leaves none.

#include <string>

namespace gatescope {

class Console {
  public:
    bool json = false, quiet = false;

    void print(const std::string& text) { output_ += text; }
    // A line on standard error, at once: "gatescope: warning: ...".
    void warn(const std::string& text) const;
    // A line on standard error, at once: how the work stands. Not on `quiet`.
    void note(const std::string& line) const;
    // Writes what was printed. Throws Failure(kOutput) when standard output can't take it.
    void finish();

  private:
    std::string output_;
};

// One line on standard error, whatever happens: "gatescope: LINE".
void print_error_line(const std::string& line);

}  // namespace gatescope
