#include "captures/h5.h"

#include <utility>

#include "model/core/error.h"

namespace gatescope::h5 {
namespace {

std::mutex& library_mutex() {
    static std::mutex mutex;
    return mutex;
}

// The innermost message of HDF5's error stack.
std::string last_words() {
    std::string words;
    const auto first = [](unsigned int, const H5E_error2_t* error, void* out) -> herr_t {
        if (auto& text = *static_cast<std::string*>(out); text.empty() && error->desc != nullptr) text = error->desc;
        return 0;
    };
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, first, &words);
    H5Eclear2(H5E_DEFAULT);
    return words.empty() ? "HDF5 can't read it" : "HDF5 says: " + words;
}

}  // namespace

// On leaving the process HDF5 would close what a broken file left half open, in circles and aloud. We close all of
// ours.
Library::Library() : lock_(library_mutex()) {
    H5dont_atexit();
    H5Eget_auto2(H5E_DEFAULT, &printer_, &printer_data_);
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
    H5PLset_loading_state(0);  // a file must not make us load a filter from a folder
}

Library::~Library() {
    H5Eset_auto2(H5E_DEFAULT, printer_, printer_data_);
}

Handle::Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, -1)), close_(other.close_) {}

Handle& Handle::operator=(Handle&& other) noexcept {
    std::swap(id_, other.id_);
    std::swap(close_, other.close_);
    return *this;
}

Handle::~Handle() {
    if (id_ >= 0) close_(id_);
}

Handle checked(hid_t id, Handle::Close close, const std::string& where) {
    if (id < 0) throw Failure(FailureKind::kBadFile, last_words(), where);
    return {id, close};
}

void check(herr_t status, const std::string& where) {
    if (status < 0) throw Failure(FailureKind::kBadFile, last_words(), where);
}

Handle float16_type() {
    Handle type = checked(H5Tcopy(H5T_IEEE_F32LE), H5Tclose, "float16");
    check(H5Tset_fields(type.id(), 15, 10, 5, 0, 10), "float16");
    check(H5Tset_size(type.id(), 2), "float16");
    check(H5Tset_ebias(type.id(), 15), "float16");
    return type;
}

Handle string_type() {
    Handle type = checked(H5Tcopy(H5T_C_S1), H5Tclose, "string");
    check(H5Tset_size(type.id(), H5T_VARIABLE), "string");
    check(H5Tset_cset(type.id(), H5T_CSET_UTF8), "string");
    return type;
}

}  // namespace gatescope::h5
