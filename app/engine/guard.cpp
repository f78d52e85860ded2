#include "app/engine/guard.h"

#include <new>
#include <string_view>

namespace gatescope {
namespace {

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

void erase_all(std::string& text, std::string_view part) {
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at))
        text.erase(at, part.size());
}

Error no_memory(const std::string& job) {
    return {FailureKind::kResource, false, job + ": not enough memory; use shorter or fewer windows"};
}

// torch appends where it was thrown and a stack to its first line, and puts its own namespaces into it.
Error foreign(const std::string& job, const std::string& text) {
    if (contains(text, "can't allocate memory") || contains(text, "out of memory")) return no_memory(job);
    std::string line = text.substr(0, text.find('\n'));
    erase_all(line, "c10::");
    erase_all(line, "at::");
    return {FailureKind::kInternal, false, one_line(job + ": " + line)};
}

}  // namespace

Error current_error(const std::string& job) {
    const std::string name = job.empty() ? "A job" : job;
    try {
        throw;
    } catch (const Cancelled&) {
        return {FailureKind::kInternal, true, name + " was cancelled"};
    } catch (const Failure& failure) {
        return {failure.kind(), false, failure.what()};
    } catch (const std::bad_alloc&) {
        return no_memory(name);
    } catch (const std::exception& exception) {
        return foreign(name, exception.what());
    } catch (...) {
        return {FailureKind::kInternal, false, name + " failed for an unknown reason"};
    }
}

tl::expected<bool, Error> guarded(const std::string& job, const std::function<bool()>& piece) {
    try {
        return piece();
    } catch (...) {
        return tl::make_unexpected(current_error(job));
    }
}

}  // namespace gatescope
