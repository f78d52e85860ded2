#include "model/checkpoint/json_text.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "model/checkpoint/byte_cursor.h"
#include "model/checkpoint/mapped_file.h"
#include "model/core/error.h"

namespace gatescope {
namespace {

constexpr int kMostDepth = 100;

// As far as the text is JSON, brackets are told from those inside strings; the parser refuses the rest.
void refuse_deep_nesting(std::string_view text) {
    int depth = 0;
    bool quoted = false;
    for (std::size_t n = 0; n < text.size(); ++n) {
        const char c = text[n];
        if (quoted && c == '\\')
            ++n;
        else if (c == '"')
            quoted = !quoted;
        else if (!quoted && (c == '[' || c == '{') && ++depth > kMostDepth)
            throw Failure(FailureKind::kBadFile, "is nested deeper than " + std::to_string(kMostDepth), {},
                          "no file of this kind needs that");
        else if (!quoted && (c == ']' || c == '}'))
            --depth;
    }
}

class Descriptor {
  public:
    explicit Descriptor(const std::filesystem::path& path)
        : value_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
        if (value_ >= 0) return;
        if (errno == ENOENT || errno == ENOTDIR) throw_no_such_file(path);
        throw Failure(FailureKind::kResource, "can't be opened: " + std::generic_category().message(errno),
                      path.string());
    }
    ~Descriptor() { ::close(value_); }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int get() const noexcept { return value_; }

  private:
    int value_;
};

std::size_t checked_size(const Descriptor& file, const std::filesystem::path& path, std::uint64_t most_bytes) {
    struct stat status {};
    if (::fstat(file.get(), &status) != 0)
        throw Failure(FailureKind::kResource, "can't be looked at: " + std::generic_category().message(errno),
                      path.string());
    if (!S_ISREG(status.st_mode)) throw Failure(FailureKind::kUnsupported, "is not a regular file", path.string());
    const auto size = static_cast<std::uint64_t>(status.st_size);
    if (size > most_bytes)
        throw Failure(FailureKind::kUnsupported, "is " + std::to_string(size) + " bytes long", path.string(),
                      "at most " + std::to_string(most_bytes) + " are read");
    return static_cast<std::size_t>(size);
}

}  // namespace

nlohmann::json parse_json(std::string_view text) {
    refuse_deep_nesting(text);
    try {
        return nlohmann::json::parse(text);
    } catch (const nlohmann::json::parse_error& error) {
        throw Failure(FailureKind::kBadFile, "is not JSON in UTF-8 at byte " + std::to_string(error.byte));
    } catch (const nlohmann::json::exception&) {
        throw Failure(FailureKind::kBadFile, "holds a number that is out of range");
    }
}

std::string read_small_file(const std::filesystem::path& path, std::uint64_t most_bytes) {
    const Descriptor file(path);
    std::string out(checked_size(file, path, most_bytes), '\0');
    std::size_t done = 0;
    while (done < out.size()) {
        const ssize_t count = ::read(file.get(), out.data() + done, out.size() - done);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0)
            throw Failure(FailureKind::kResource, "can't be read: " + std::generic_category().message(errno),
                          path.string());
        if (count == 0) throw Failure(FailureKind::kBadFile, "was cut short while it was read", path.string());
        done += static_cast<std::size_t>(count);
    }
    return out;
}

nlohmann::json read_json_object(const std::filesystem::path& path, std::uint64_t most_bytes) {
    const std::string text = read_small_file(path, most_bytes);
    return located(path.string(), [&] {
        if (text.empty()) throw Failure(FailureKind::kBadFile, "is empty");
        nlohmann::json json = parse_json(text);
        if (!json.is_object()) throw Failure(FailureKind::kBadFile, "is not a JSON object");
        return json;
    });
}

}  // namespace gatescope
