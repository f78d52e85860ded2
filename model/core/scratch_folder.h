#pragma once
// A folder of ours in the system's temporary one, gone with its owner and all that is in it.

#include <filesystem>
#include <string>

namespace gatescope {

class ScratchFolder {
  public:
    // Its name begins with "gatescope-PURPOSE-". Throws Failure(kOutput).
    explicit ScratchFolder(const std::string& purpose);
    ~ScratchFolder();
    ScratchFolder(const ScratchFolder&) = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;

    const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
};

}  // namespace gatescope
