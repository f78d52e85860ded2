#pragma once
// What the queues of training runs and of experiments share: work of minutes to hours in a folder, whose captures the
// opener writes. No torch.

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>

#include "app/engine/job_queue.h"

namespace gatescope {

// Makes the conductor's jobs: kind, priority, title, unit.
using MakeTask = std::function<JobTask(const std::string&, JobPriority, const std::string&, const std::string& unit)>;

// Between two pictures of work that goes on.
inline constexpr std::chrono::milliseconds kLongWorkShownEvery{250};

// What work is named by: the same folder has one name, whatever the program's own folder is. Throws Failure(kUsage)
// naming `of` ("the run") where there is none.
std::string folder_name(const std::filesystem::path& folder, const std::string& of);

// A job for the opener, where all of HDF5 is, that writes the capture called `what`: the newest of that name counts,
// nobody cancels it half-way, and the program's end waits for it. `failed` gets what went wrong.
JobTask capture_job(const MakeTask& task, const std::string& what, std::function<void(JobContext&)> write,
                    std::function<void(const Error&)> failed);

}  // namespace gatescope
