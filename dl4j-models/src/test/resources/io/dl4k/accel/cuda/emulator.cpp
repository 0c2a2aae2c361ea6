// Runs kernels.cu, compiled by the host's compiler, with blocks of one thread or of several, and does plainly what cuBLAS and cuDNN do.
#include <jni.h>
#include <barrier>
#include <cmath>
#include <cstring>
#include <map>
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

using Arguments = const jlong*;
template<class T> struct Argument;
template<class T> struct Argument<T*> { static constexpr char kind = 'L'; static T* get(jlong v) { return (T*) v; } };
template<> struct Argument<long long> { static constexpr char kind = 'L'; static long long get(jlong v) { return v; } };
template<> struct Argument<int> { static constexpr char kind = 'I'; static int get(jlong v) { return (int) v; } };
template<> struct Argument<float> { static constexpr char kind = 'F'; static float get(jlong v) { int bits = (int) v; float f; memcpy(&f, &bits, 4); return f; } };
template<class... A, size_t... I> static void call(void (*kernel)(A...), Arguments a, std::index_sequence<I...>) { kernel(Argument<A>::get(a[I])...); }
template<class... A> static void call(void (*kernel)(A...), Arguments a) { call(kernel, a, std::index_sequence_for<A...>()); }
template<class... A> static std::string kinds(void (*)(A...)) { return {Argument<A>::kind...}; }

struct Kernel { std::string kinds; void (*call)(Arguments); };
#define KERNEL(name) {#name, {kinds(name), [](Arguments a) { call(name, a); }}},
static const std::map<std::string, Kernel> kernels = {
#include TABLE
};

static std::string text(JNIEnv* env, jstring s) {
    const char* chars = env->GetStringUTFChars(s, nullptr);
    std::string copy = chars;
    env->ReleaseStringUTFChars(s, chars);
    return copy;
}

extern "C" {

// Kinds of the kernel's arguments, a letter each; null if there is no such kernel.
JNIEXPORT jstring JNICALL Java_io_dl4k_accel_cuda_Emulator_kinds(JNIEnv* env, jclass, jstring name) {
    auto found = kernels.find(text(env, name));
    return found == kernels.end() ? nullptr : env->NewStringUTF(found->second.kinds.c_str());
}

JNIEXPORT void JNICALL Java_io_dl4k_accel_cuda_Emulator_launch(JNIEnv* env, jclass, jstring name, jlong gx, jlong gy, jint tx, jint ty, jlongArray arguments) {
    const Kernel& kernel = kernels.at(text(env, name));
    std::vector<jlong> values(env->GetArrayLength(arguments));
    env->GetLongArrayRegion(arguments, 0, (jsize) values.size(), values.data());
    gridDim = {(unsigned) gx, (unsigned) gy, 1};
    blockDim = {(unsigned) tx, (unsigned) ty, 1};
    auto thread = [&](unsigned x, unsigned y) {
        threadIdx = {x, y, 0};
        for (unsigned by = 0; by < gridDim.y; by++) {
            for (unsigned bx = 0; bx < gridDim.x; bx++) {
                blockIdx = {bx, by, 0};
                kernel.call(values.data());
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

JNIEXPORT void JNICALL Java_io_dl4k_accel_cuda_Emulator_product(JNIEnv*, jclass, jboolean ta, jboolean tb, jint m, jint n, jint k, jlong pa, jint lda, jlong pb, jint ldb, jlong pc,
        jint ldc, jboolean add, jlong pbias, jboolean relu) {
    const float* a = (const float*) pa;
    const float* b = (const float*) pb;
    const float* bias = (const float*) pbias;
    float* c = (float*) pc;
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

// The pass: 0 writes y, 1 writes x, 2 writes w.
JNIEXPORT void JNICALL Java_io_dl4k_accel_cuda_Emulator_convolution(JNIEnv*, jclass, jint pass, jint batch, jint in, jint h, jint w, jint out, jint to_h, jint to_w, jint kh, jint kw,
        jint sh, jint sw, jint top, jint left, jint dh, jint dw, jlong px, jlong pw, jlong py) {
    float* x = (float*) px;
    float* f = (float*) pw;
    float* y = (float*) py;
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
                if (pass == 0) ys[result] += x[cell] * f[weight];
                else if (pass == 1) xs[cell] += y[result] * f[weight];
                else fs[weight] += y[result] * x[cell];
            }
        }
    }
    if (pass == 0) std::copy(ys.begin(), ys.end(), y);
    else if (pass == 1) std::copy(xs.begin(), xs.end(), x);
    else std::copy(fs.begin(), fs.end(), f);
}

}
