#pragma once
// The sha256 of a checkpoint's weights: what a capture names its model by.

#include <memory>
#include <string>
#include <string_view>

#include "model/checkpoint/checkpoint_reader.h"
#include "model/core/job_context.h"

namespace gatescope {

// Lower-case hex of the weight files' bytes, one file after the other in name order. Read with plain reads, so that the
// mapping's pages stay out of memory; the result is kept in ${XDG_CACHE_HOME:-~/.cache}/gatescope/hashes by the
// files' paths, sizes and modification times. Progress in MB. Throws Failure, Cancelled.
std::string weights_sha256(const CheckpointReader& reader, JobContext& job);

// The same in slices of a fraction of a second, for a thread that has other things to do in between.
class WeightHasher {
  public:
    // `reader` is only asked for its files, here.
    explicit WeightHasher(const CheckpointReader& reader);
    ~WeightHasher();
    WeightHasher(const WeightHasher&) = delete;
    WeightHasher& operator=(const WeightHasher&) = delete;

    // Hashes the next slice; true: there is more to do. Throws Failure, Cancelled.
    bool step(JobContext& job);
    // The hash, once step() answered false.
    const std::string& result() const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

// Lower-case hex of a file's bytes. Throws Failure(kNotFound, kResource).
std::string file_sha256(const std::filesystem::path& path);
// Lower-case hex of the bytes.
std::string sha256_of(std::string_view bytes);

}  // namespace gatescope
