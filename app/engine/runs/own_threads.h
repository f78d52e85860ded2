#pragma once
// The number of threads is torch's, for all that it does: a run sets its own while it works. No torch in here.

namespace gatescope {

int threads_now();

class OwnThreads {
  public:
    explicit OwnThreads(int wanted);
    ~OwnThreads();
    OwnThreads(const OwnThreads&) = delete;
    OwnThreads& operator=(const OwnThreads&) = delete;

  private:
    int before_;
};

}  // namespace gatescope
