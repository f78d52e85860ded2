#pragma once
// How everything below the engine fails: one Failure or Cancelled is thrown, and turned into an Error at the engine's
// border (app/engine). Bugs are assertions, not failures.

#include <exception>
#include <string>

namespace gatescope {

enum class FailureKind {
    kUsage,        // the request itself is wrong: exit status 2
    kNotFound,     // a file, tensor or name is not there
    kBadFile,      // a file's contents are broken or contradict themselves
    kUnsupported,  // a valid file or wish that this program can't serve
    kResource,     // memory, disk, device
    kOutput,       // a target can't be written
    kInternal,     // a foreign exception, named after the job that met it
};

// One thing that went wrong, said in one line: "where: what; hint".
class Failure : public std::exception {
  public:
    // what: the fault; where: the file, tensor or option (may be empty); hint: what is allowed or to do (may be empty).
    Failure(FailureKind kind, std::string what, std::string where = {}, std::string hint = {});

    FailureKind kind() const noexcept { return kind_; }
    const std::string& fault() const noexcept { return fault_; }
    const std::string& where() const noexcept { return where_; }
    const std::string& hint() const noexcept { return hint_; }
    // The whole line, without newlines and control characters.
    const char* what() const noexcept override { return line_.c_str(); }
    // The same failure with `prefix` put in front of where: what a file's name adds to a tensor's.
    Failure at(const std::string& prefix) const;

  private:
    FailureKind kind_;
    std::string fault_, where_, hint_, line_;
};

// Thrown by JobContext::tick() once the job was asked to stop. Not a failure.
class Cancelled : public std::exception {
  public:
    const char* what() const noexcept override { return "cancelled"; }
};

// What the engine hands to the window and the command line in place of an exception.
struct Error {
    FailureKind kind = FailureKind::kInternal;
    bool cancelled = false;
    std::string message;  // one line
};

// One line of printable text: newlines and control bytes become spaces, long text is cut in the middle.
std::string one_line(const std::string& text, std::size_t longest = 400);

}  // namespace gatescope
