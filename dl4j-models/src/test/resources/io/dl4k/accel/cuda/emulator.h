// Runs kernels.cu, compiled by the host's compiler, with blocks of one thread or of several, and does plainly what cuBLAS and cuDNN do.
#pragma once
#include <algorithm>
#include <barrier>
#include <cmath>
#include <cstring>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

struct Index { unsigned x = 0, y = 0, z = 0; };
static thread_local Index blockIdx, threadIdx;
static Index blockDim, gridDim;
static std::barrier<>* meeting;
static void __syncthreads() { if (meeting) meeting->arrive_and_wait(); }
#define __global__
#define __device__
#define __shared__ static

#include KERNELS

using Arguments = const long long*;
template<class T> struct Argument;
template<class T> struct Argument<T*> { static constexpr char kind = 'L'; static T* get(long long v) { return (T*) v; } };
template<> struct Argument<long long> { static constexpr char kind = 'L'; static long long get(long long v) { return v; } };
template<> struct Argument<int> { static constexpr char kind = 'I'; static int get(long long v) { return (int) v; } };
template<> struct Argument<float> { static constexpr char kind = 'F'; static float get(long long v) { int bits = (int) v; float f; memcpy(&f, &bits, 4); return f; } };
template<class... A, size_t... I> static void call(void (*kernel)(A...), Arguments a, std::index_sequence<I...>) { kernel(Argument<A>::get(a[I])...); }
template<class... A> static void call(void (*kernel)(A...), Arguments a) { call(kernel, a, std::index_sequence_for<A...>()); }
template<class... A> static std::string kinds(void (*)(A...)) { return {Argument<A>::kind...}; }

struct Kernel { std::string kinds; void (*call)(Arguments); };
#define KERNEL(name) {#name, {kinds(name), [](Arguments a) { call(name, a); }}},
static const std::map<std::string, Kernel> kernels = {
#include TABLE
};


static void launch(const Kernel& kernel, unsigned gx, unsigned gy, int tx, int ty, Arguments arguments) {
    // Indices and shared memory are one for all: one kernel at a time, whatever device asks.
    static std::mutex alone;
    std::lock_guard<std::mutex> lock(alone);
    gridDim = {gx, gy, 1};
    blockDim = {(unsigned) tx, (unsigned) ty, 1};
    auto thread = [&](unsigned x, unsigned y) {
        threadIdx = {x, y, 0};
        for (unsigned by = 0; by < gridDim.y; by++) {
            for (unsigned bx = 0; bx < gridDim.x; bx++) {
                blockIdx = {bx, by, 0};
                kernel.call(arguments);
                __syncthreads();
            }
        }
    };
    if (tx * ty == 1) {
        thread(0, 0);
        return;
    }
    std::barrier<> all(tx * ty);
    meeting = &all;
    std::vector<std::thread> threads;
    for (int y = 0; y < ty; y++) for (int x = 0; x < tx; x++) threads.emplace_back(thread, x, y);
    for (std::thread& t : threads) t.join();
    meeting = nullptr;
}

// To so many significant bits, ties to even: what tensor cores do to factors of TF32 (11 bits) and BF16 (8).
static float rounded(float x, int bits) {
    if (bits == 24 || !std::isfinite(x)) return x;
    unsigned cells;
    memcpy(&cells, &x, 4);
    int gone = 24 - bits;
    cells += (1u << (gone - 1)) - 1 + (cells >> gone & 1);
    cells &= ~0u << gone;
    memcpy(&x, &cells, 4);
    return x;
}

// C = op(A) op(B), column by column; of factors of so many bits.
static void product(bool ta, bool tb, int m, int n, int k, const float* given_a, int lda, const float* given_b, int ldb, float* c, int ldc, bool add, const float* bias, bool relu,
        int bits = 24) {
    std::vector<float> copy_a, copy_b;
    const float* a = given_a;
    const float* b = given_b;
    if (bits < 24) {
        copy_a.assign(a, a + (long long) lda * ((ta ? m : k) - 1) + (ta ? k : m));
        copy_b.assign(b, b + (long long) ldb * ((tb ? k : n) - 1) + (tb ? n : k));
        for (float& v : copy_a) v = rounded(v, bits);
        for (float& v : copy_b) v = rounded(v, bits);
        a = copy_a.data();
        b = copy_b.data();
    }
    for (int j = 0; j < n; j++) {
        float* col = c + (long long) j * ldc;
        if (!add) for (int i = 0; i < m; i++) col[i] = 0;
        if (ta) {
            for (int i = 0; i < m; i++) {
                float sum = 0;
                for (int l = 0; l < k; l++) sum += a[(long long) i * lda + l] * (tb ? b[(long long) l * ldb + j] : b[(long long) j * ldb + l]);
                col[i] += sum;
            }
        } else {
            for (int l = 0; l < k; l++) {
                float f = tb ? b[(long long) l * ldb + j] : b[(long long) j * ldb + l];
                for (int i = 0; i < m; i++) col[i] += a[(long long) l * lda + i] * f;
            }
        }
        if (bias) for (int i = 0; i < m; i++) col[i] += bias[i];
        if (relu) for (int i = 0; i < m; i++) col[i] = std::max(col[i], 0.f);
    }
}

// The pass: 0 writes y, 1 writes x, 2 writes w; of factors of so many bits.
static void convolution(int pass, int batch, int in, int h, int w, int out, int to_h, int to_w, int kh, int kw, int sh, int sw, int top, int left, int dh, int dw, float* x, float* f,
        float* y, int bits = 24) {
    std::vector<double> ys((size_t) batch * out * to_h * to_w), xs((size_t) batch * in * h * w), fs((size_t) out * in * kh * kw);
    for (int n = 0; n < batch; n++) for (int o = 0; o < out; o++) for (int c = 0; c < in; c++) for (int i = 0; i < kh; i++) for (int j = 0; j < kw; j++) {
        size_t weight = ((o * in + c) * kh + i) * kw + j;
        for (int r = 0; r < to_h; r++) {
            int xr = r * sh - top + i * dh;
            if (xr < 0 || xr >= h) continue;
            for (int s = 0; s < to_w; s++) {
                int xc = s * sw - left + j * dw;
                if (xc < 0 || xc >= w) continue;
                size_t cell = ((n * in + c) * h + xr) * w + xc;
                size_t result = ((n * out + o) * to_h + r) * to_w + s;
                if (pass == 0) ys[result] += rounded(x[cell], bits) * rounded(f[weight], bits);
                else if (pass == 1) xs[cell] += rounded(y[result], bits) * rounded(f[weight], bits);
                else fs[weight] += rounded(y[result], bits) * rounded(x[cell], bits);
            }
        }
    }
    if (pass == 0) std::copy(ys.begin(), ys.end(), y);
    else if (pass == 1) std::copy(xs.begin(), xs.end(), x);
    else std::copy(fs.begin(), fs.end(), f);
}

// The same of arrays of bf16, the upper halves of floats.
static void convolution_halves(int pass, int batch, int in, int h, int w, int out, int to_h, int to_w, int kh, int kw, int sh, int sw, int top, int left, int dh, int dw,
        unsigned short* x, unsigned short* f, unsigned short* y) {
    unsigned short* given[] = {y, x, f};
    std::vector<float> floats[] = {std::vector<float>((size_t) batch * out * to_h * to_w), std::vector<float>((size_t) batch * in * h * w), std::vector<float>((size_t) out * in * kh * kw)};
    for (int k = 0; k < 3; k++) if (k != pass) for (size_t i = 0; i < floats[k].size(); i++) {
        unsigned cells = (unsigned) given[k][i] << 16;
        memcpy(&floats[k][i], &cells, 4);
    }
    convolution(pass, batch, in, h, w, out, to_h, to_w, kh, kw, sh, sw, top, left, dh, dw, floats[1].data(), floats[2].data(), floats[0].data());
    for (size_t i = 0; i < floats[pass].size(); i++) {
        float v = rounded(floats[pass][i], 8);
        unsigned cells;
        memcpy(&cells, &v, 4);
        given[pass][i] = cells >> 16;
    }
}
