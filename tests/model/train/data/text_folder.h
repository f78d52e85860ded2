#pragma once
// Texts of a test in a folder of its own.

#include <fstream>
#include <string>
#include <vector>

#include "model/train/data/documents.h"
#include "tests/support/temporary_folder.h"

namespace gatescope {

class TextFolder {
  public:
    const std::filesystem::path& path() const { return folder_.path(); }

    void write(const std::string& name, const std::string& contents) const {
        std::ofstream(folder_ / name, std::ios::binary) << contents;
    }

    // Of the files called so, with the cache in the same folder.
    DataRequest request(const std::vector<std::string>& names) const {
        DataRequest out;
        for (const std::string& name : names) out.texts.push_back(folder_ / name);
        out.cache_folder = folder_ / "cache" / "tokens";
        return out;
    }

  private:
    TemporaryFolder folder_;
};

inline std::string joined(const std::vector<std::string>& documents) {
    std::string out;
    for (const std::string& document : documents) out += (out.empty() ? "" : "\n\n\n") + document;
    return out;
}

}  // namespace gatescope
