#include "model/transformer/tile_products.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/native/CPUBlas.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <type_traits>
#include <vector>

namespace gatescope {
namespace {

namespace blas = at::native::cpublas;

template <typename T>
constexpr bool kPairs = std::is_same_v<T, at::BFloat16>;

std::int64_t rounded_up(std::int64_t n, std::int64_t unit) {
    return (n + unit - 1) / unit * unit;
}

template <typename T>
bool processor_multiplies() {
#if defined(__x86_64__) && defined(__GNUC__)
    return kPairs<T> ? __builtin_cpu_supports("avx512bf16") != 0 : __builtin_cpu_supports("avx2") != 0;
#else
    return false;
#endif
}

// The product can't be asked whether it is served; it throws where not. 1 * 2 + 3 * 4 tells.
template <typename T>
bool product_works() {
    const std::vector<T> row = {T(1.0F), T(3.0F)}, column = {T(2.0F), T(4.0F)};
    float product = 0;
    const TileThread thread;
    try {
        blas::brgemm(1, 1, 2, 2, 1, 1, false, row.data(), column.data(), &product);
    } catch (const c10::Error&) {
        return false;
    }
    return product == 14.0F;
}

// Calls pack(group, first token, how many) for every step of keys that has tokens, shared out among threads.
template <typename Pack>
void for_steps(const at::Tensor& x_GTE, const Pack& pack) {
    const std::int64_t length = x_GTE.size(1), steps = rounded_up(length, kKeyStep) / kKeyStep;
    at::parallel_for(0, x_GTE.size(0) * steps, 1, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t step = begin; step < end; ++step) {
            const std::int64_t first = step % steps * kKeyStep;
            pack(step / steps, first, std::min(length - first, kKeyStep));
        }
    });
}

template <typename T>
void pack_keys(const T* k_KE, std::int64_t count, std::int64_t d_head, T* out) {
    constexpr std::int64_t kTogether = kPairs<T> ? 2 : 1;
    for (std::int64_t e = 0; e < d_head; e += kTogether)
        for (std::int64_t key = 0; key < count; ++key)
            for (std::int64_t n = 0; n < kTogether; ++n)
                out[e * kKeyStretch + kTogether * key + n] = k_KE[key * d_head + e + n];
}

template <typename T>
void pack_values(const T* v_KE, std::int64_t count, std::int64_t d_head, T* out) {
    for (std::int64_t key = 0; key < count; ++key)
        for (std::int64_t e = 0; e < d_head; ++e) out[key / 2 * 2 * d_head + 2 * e + key % 2] = v_KE[key * d_head + e];
}

}  // namespace

template <typename T>
bool tiles_serve(std::int64_t d_head) {
    static const bool works = processor_multiplies<T>() && product_works<T>();
    return works && at::globalContext().userEnabledMkldnn() && (!kPairs<T> || d_head % 2 == 0);
}

template <typename T>
KeyTiles<T>::KeyTiles(const at::Tensor& k_GTE)
    : length_(k_GTE.size(1)),
      d_head_(k_GTE.size(2)),
      padded_(rounded_up(length_, kKeyStretch)),
      k_(at::zeros({k_GTE.size(0), padded_, d_head_}, k_GTE.options())) {
    pack(k_GTE.contiguous());
}

template <typename T>
void KeyTiles<T>::pack(const at::Tensor& k_GTE) {
    const T* k = k_GTE.const_data_ptr<T>();
    T* out = k_.data_ptr<T>();
    for_steps(k_GTE, [&](std::int64_t group, std::int64_t first, std::int64_t count) {
        pack_keys(k + (group * length_ + first) * d_head_, count, d_head_, out + offset(group, first));
    });
}

template <typename T>
std::int64_t KeyTiles<T>::offset(std::int64_t group, std::int64_t key) const {
    return (group * padded_ + key / kKeyStretch * kKeyStretch) * d_head_ + key % kKeyStretch * (kPairs<T> ? 2 : 1);
}

template <typename T>
void KeyTiles<T>::scores(const T* q_QE, std::int64_t n_queries, std::int64_t group, std::int64_t key,
                         std::int64_t n_keys, float* scores_QK, std::int64_t stride) const {
    blas::brgemm(n_queries, n_keys, d_head_, d_head_, kKeyStretch, stride, false, q_QE,
                 k_.const_data_ptr<T>() + offset(group, key), scores_QK);
}

template <typename T>
ValueTiles<T>::ValueTiles(const at::Tensor& v_GTE)
    : length_(v_GTE.size(1)), d_head_(v_GTE.size(2)), padded_(rounded_up(length_, kKeyStep)), v_(v_GTE.contiguous()) {
    if (!kPairs<T> && padded_ == length_) return;  // as they are
    const at::Tensor plain_GTE = v_;
    v_ = at::zeros({v_GTE.size(0), padded_, d_head_}, v_GTE.options());
    const T* v = plain_GTE.const_data_ptr<T>();
    T* out = v_.data_ptr<T>();
    for_steps(v_GTE, [&](std::int64_t group, std::int64_t first, std::int64_t count) {
        const T* from = v + (group * length_ + first) * d_head_;
        T* to = out + (group * padded_ + first) * d_head_;
        if (kPairs<T>)
            pack_values(from, count, d_head_, to);
        else
            std::copy_n(from, count * d_head_, to);
    });
}

template <typename T>
void ValueTiles<T>::weighted(const T* weights_QK, std::int64_t stride, std::int64_t n_queries, std::int64_t group,
                             std::int64_t key, std::int64_t n_keys, bool add, float* z_QE) const {
    blas::brgemm(n_queries, d_head_, std::min(n_keys, padded_ - key), stride, d_head_, d_head_, add, weights_QK,
                 v_.const_data_ptr<T>() + (group * padded_ + key) * d_head_, z_QE);
}

TileThread::~TileThread() {
    blas::brgemm_release();
}

template bool tiles_serve<float>(std::int64_t);
template bool tiles_serve<at::BFloat16>(std::int64_t);
template class KeyTiles<float>;
template class KeyTiles<at::BFloat16>;
template class ValueTiles<float>;
template class ValueTiles<at::BFloat16>;

}  // namespace gatescope
