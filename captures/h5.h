#pragma once
// HDF5 by handles that close themselves; its own error printing is off, what it says goes into our Failure.

#include <hdf5.h>

#include <mutex>
#include <string>

namespace gatescope::h5 {

// Held for as long as HDF5 is used: the library may be built without thread safety, and prints errors unless told.
class Library {
  public:
    Library();
    ~Library();
    Library(const Library&) = delete;
    Library& operator=(const Library&) = delete;

  private:
    std::unique_lock<std::mutex> lock_;
    H5E_auto2_t printer_ = nullptr;
    void* printer_data_ = nullptr;
};

// Owns one HDF5 id.
class Handle {
  public:
    using Close = herr_t (*)(hid_t);
    Handle() = default;
    Handle(hid_t id, Close close) : id_(id), close_(close) {}
    Handle(Handle&& other) noexcept;
    Handle& operator=(Handle&& other) noexcept;
    ~Handle();
    hid_t id() const { return id_; }
    explicit operator bool() const { return id_ >= 0; }

  private:
    hid_t id_ = -1;
    Close close_ = nullptr;
};

// Takes over `id`. Throws Failure(kBadFile) naming `where` with HDF5's own words when it is negative.
Handle checked(hid_t id, Handle::Close close, const std::string& where);
// The same for a status.
void check(herr_t status, const std::string& where);

// IEEE float16, UTF-8 variable-length strings.
Handle float16_type();
Handle string_type();

}  // namespace gatescope::h5
