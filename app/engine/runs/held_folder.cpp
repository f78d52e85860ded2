#include "app/engine/runs/held_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <system_error>

#include "app/engine/runs/folder_sync.h"
#include "model/core/error.h"

namespace gatescope {
namespace {

namespace fs = std::filesystem;

// Where folders can't be exchanged at once, the one that was to be replaced may be the only one left.
void bring_back_swapped(const fs::path& folder) {
    for (const fs::path& path : entries_of(folder)) {
        const std::string name = path.string();
        if (!name.ends_with(kSwapped)) continue;
        const fs::path place = name.substr(0, name.size() - std::string_view(kSwapped).size());
        std::error_code ignored;
        if (!fs::exists(place, ignored) && ::rename(path.c_str(), place.c_str()) != 0)
            throw_output(path, "can't be renamed", errno);
    }
}

// The first that exists of the folder and those above it.
fs::path nearest_existing(fs::path path) {
    std::error_code ignored;
    path = fs::absolute(path, ignored).lexically_normal();
    while (!fs::exists(path, ignored) && path.has_relative_path()) path = path.parent_path();
    return path;
}

// A file of its own, not the folder: file systems of a network lock files alone. What holds it is the open file, so
// that a killed process holds nothing.
int take_lock(const fs::path& folder, const std::string& busy) {
    const fs::path path = folder / kLock;
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (file < 0) throw_output(path, "can't be opened", errno);
    if (::flock(file, LOCK_EX | LOCK_NB) == 0) return file;
    ::close(file);
    throw Failure(FailureKind::kResource, busy, folder.string());
}

}  // namespace

std::vector<fs::path> entries_of(const fs::path& folder) {
    std::vector<fs::path> out;
    std::error_code error;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
        out.push_back(entry->path());
    if (error) throw_output(folder, "can't be listed", error.value());
    return out;
}

void clear_away(const fs::path& path) {
    std::error_code error;
    fs::remove_all(path, error);
    if (error) throw_output(path, "can't be removed", error.value());
}

void make_folders(const fs::path& folder) {
    std::error_code error;
    fs::create_directories(folder, error);
    if (error) throw_output(folder, "can't be made", error.value());
}

void drop_folder(const fs::path& folder) {
    const fs::path aside = folder.string() + ".old" + kPartial;
    clear_away(aside);
    if (::rename(folder.c_str(), aside.c_str()) != 0) throw_output(folder, "can't be removed", errno);
    clear_away(aside);
}

void remove_partials(const fs::path& folder) {
    bring_back_swapped(folder);
    for (const fs::path& path : entries_of(folder))
        if (path.filename().string().ends_with(kPartial)) clear_away(path);
}

void check_can_be_made(const fs::path& folder) {
    if (folder.empty()) throw Failure(FailureKind::kUsage, "no folder is named", "\"\"", "name the folder to make");
    const fs::path there = nearest_existing(folder);
    std::error_code ignored;
    if (!fs::is_directory(there, ignored))
        throw Failure(FailureKind::kUsage, "is not a folder", there.string(), "name a folder to make");
    if (::access(there.c_str(), W_OK | X_OK) != 0) throw_output(there, "can't be written to", errno);
}

bool holds_anything(const fs::path& folder) {
    return std::ranges::any_of(entries_of(folder), [](const fs::path& path) { return path.filename() != kLock; });
}

FolderHold::FolderHold(const fs::path& folder, const std::string& busy) : file_(take_lock(folder, busy)) {}

FolderHold::~FolderHold() {
    if (file_ >= 0) ::close(file_);
}

}  // namespace gatescope
