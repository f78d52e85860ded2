#pragma once
// GATESCOPE_CPU_CLONES in front of a function: compiled for several instruction sets, the best one chosen at start.
// What it calls must be inlined into it (GATESCOPE_INLINE). Sanitizers can't run the resolvers that choose.

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__)
#define GATESCOPE_CPU_CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define GATESCOPE_CPU_CLONES
#endif

#define GATESCOPE_INLINE inline __attribute__((always_inline))
