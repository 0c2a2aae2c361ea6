// Stands in for the driver, the CUDA runtime, cuBLASLt, cuDNN and NVRTC, as far as CudaDevice calls them, on the processor. Work is done late, when
// somebody waits for it; a stream that is recorded only takes notes. What a call must not do ends the process with a word.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <dlfcn.h>
#include <fstream>
#include <functional>
#include <set>
#include <sstream>
#include "emulator.h"

using Work = std::function<void()>;
struct Event { struct Stream* stream = nullptr; long asked = 0, reached = 0; std::chrono::steady_clock::time_point time; };
struct Item { Work work; Event* set; Event* follow; long number; };
struct Stream { int guard = 4711; std::deque<Item> items; };
struct Graph { std::vector<Work> work; };
struct Function { const Kernel* kernel; std::string name; };
struct Desc { int ta = 0, tb = 0, epilogue = 1, bits = 24; const float* bias = nullptr; };
struct Layout { unsigned long long rows, cols; long long ld; };
struct Preference { unsigned long long workspace = 0; unsigned alignment[4] = {256, 256, 256, 256}; };
struct Heuristic { unsigned long long algo[8]; size_t workspace; int state; float waves; int reserved[4]; };
struct Images { int n, c, h, w, type; };
struct Convolution { int top, left, sh, sw, dh, dw, math; };
struct Performance { int algo, status; float time; size_t memory; int determinism, math; int reserved[3]; };

static std::set<Stream*> streams;
static Graph* recording;
static Stream* recorded;
// A stream is done as late as can be; in EARLY mode all but the first are done as early as can be.
static const bool early = getenv("FAKE_EARLY") != nullptr;
static Stream* first;
static std::map<char*, size_t> memory;
static std::set<void*> pinned;
static size_t used;
// Of the card: 128 MiB, so that a test can fill it.
static const size_t all_memory = (getenv("FAKE_MIB") ? atoll(getenv("FAKE_MIB")) : 128) << 20;

#define REQUIRE(condition) do { if (!(condition)) { fprintf(stderr, "%s: not so: %s\n", __func__, #condition); exit(3); } } while (0)

static void count(const char* what) {
    std::ofstream(getenv("FAKE_LOG"), std::ios::app) << what << "\n";
}

// Does a stream's next work, driving other streams to the event that it follows if it may. False if there is none that can be done.
static bool next(Stream* s, bool insist) {
    if (s->items.empty()) return false;
    Item item = s->items.front();
    while (item.follow && item.follow->reached < item.number) {
        if (!insist) return false;
        REQUIRE(next(item.follow->stream, true));
    }
    s->items.pop_front();
    if (item.work) item.work();
    if (item.set) {
        item.set->reached = std::max(item.set->reached, item.number);
        item.set->time = std::chrono::steady_clock::now();
    }
    return true;
}

static void ahead() {
    if (early) for (Stream* s : streams) if (s != first) while (next(s, false));
}

static void append(Stream* s, Item item) {
    s->items.push_back(item);
    ahead();
}

static void submit(void* stream, Work work) {
    REQUIRE(stream && ((Stream*) stream)->guard == 4711);
    if (recording) REQUIRE(stream == recorded);
    if (recording) recording->work.push_back(work);
    else append((Stream*) stream, {work, nullptr, nullptr, 0});
}

static void drain() {
    for (Stream* s : streams) while (next(s, true));
}

// Whether these bytes lie in one allocation of the device's.
static bool there(const void* p, size_t bytes) {
    auto after = memory.upper_bound((char*) p);
    if (after == memory.begin()) return false;
    --after;
    return (char*) p + bytes <= after->first + after->second;
}

extern "C" {

// Runtime.
int cudaSetDevice(int device) { return device == 0 ? 0 : 101; }
int cudaDeviceGetAttribute(int* value, int attribute, int) { *value = attribute == 75 ? 9 : 0; return 0; }
int cudaStreamCreateWithFlags(void** stream, unsigned flags) { REQUIRE(flags == 1); Stream* made = new Stream(); if (streams.empty()) first = made; streams.insert(made); *stream = made; return 0; }
int cudaStreamDestroy(void* stream) { drain(); streams.erase((Stream*) stream); delete (Stream*) stream; return 0; }
int cudaStreamSynchronize(void* stream) { REQUIRE(((Stream*) stream)->guard == 4711 && !recording); while (next((Stream*) stream, true)); ahead(); return 0; }
int cudaEventCreateWithFlags(void** event, unsigned flags) { REQUIRE(flags == 2); *event = new Event(); return 0; }
int cudaEventCreate(void** event) { *event = new Event(); return 0; }
int cudaEventElapsedTime(float* ms, void* from, void* to) {
    Event *a = (Event*) from, *b = (Event*) to;
    if (a->asked == 0 || a->reached < a->asked || b->asked == 0 || b->reached < b->asked) return 600;
    *ms = std::chrono::duration<float, std::milli>(b->time - a->time).count();
    return 0;
}
int cudaEventDestroy(void* event) { drain(); delete (Event*) event; return 0; }
int cudaEventRecord(void* event, void* stream) {
    REQUIRE(((Stream*) stream)->guard == 4711 && !recording);
    Event* e = (Event*) event;
    e->stream = (Stream*) stream;
    append(e->stream, {nullptr, e, nullptr, ++e->asked});
    return 0;
}
int cudaStreamWaitEvent(void* stream, void* event, unsigned flags) {
    REQUIRE(((Stream*) stream)->guard == 4711 && !recording && flags == 0);
    append((Stream*) stream, {nullptr, nullptr, (Event*) event, ((Event*) event)->asked});
    return 0;
}
int cudaEventSynchronize(void* event) {
    REQUIRE(!recording);
    Event* e = (Event*) event;
    while (e->reached < e->asked) REQUIRE(next(e->stream, true));
    ahead();
    return 0;
}
int cudaRuntimeGetVersion(int* version) { *version = 13000; return 0; }
int cudaGetLastError() { return 0; }
const char* cudaGetErrorName(int error) { return error == 101 ? "cudaErrorInvalidDevice" : error == 700 ? "cudaErrorIllegalAddress" : "cudaErrorUnknown"; }
int cudaMemGetInfo(size_t* free, size_t* all) { *all = all_memory; *free = *all - used; return 0; }

int cudaMalloc(void** p, size_t bytes) {
    REQUIRE(!recording && bytes > 0);
    if (used + bytes > all_memory) return 2;
    used += bytes;
    char* made = (char*) aligned_alloc(256, (bytes + 255) / 256 * 256);
    memset(made, 0xFF, bytes);
    memory[made] = bytes;
    *p = made;
    return 0;
}
int cudaFree(void* p) { REQUIRE(!recording); drain(); auto found = memory.find((char*) p); REQUIRE(found != memory.end()); used -= found->second; memory.erase(found); free(p); return 0; }
int cudaHostAlloc(void** p, size_t bytes, unsigned flags) { REQUIRE(flags == 0); *p = malloc(bytes); memset(*p, 0xFF, bytes); pinned.insert(*p); return 0; }
int cudaFreeHost(void* p) { drain(); REQUIRE(pinned.erase(p) == 1); free(p); return 0; }
int cudaMemcpyAsync(void* to, const void* from, size_t bytes, int kind, void* stream) {
    REQUIRE(kind == 1 ? there(to, bytes) && !there(from, 1) && !recording : kind == 2 ? !there(to, 1) && there(from, bytes) && !recording : kind == 3 && there(to, bytes) && there(from, bytes));
    submit(stream, [=] { memmove(to, from, bytes); });
    return 0;
}
int cudaMemsetAsync(void* to, int value, size_t bytes, void* stream) { REQUIRE(there(to, bytes)); submit(stream, [=] { memset(to, value, bytes); }); return 0; }

int cudaStreamBeginCapture(void* stream, int mode) { REQUIRE(((Stream*) stream)->guard == 4711 && !recording && mode == 1); recording = new Graph(); recorded = (Stream*) stream; return 0; }
int cudaStreamEndCapture(void*, void** graph) { REQUIRE(recording); *graph = recording; recording = nullptr; return 0; }
int cudaGraphInstantiate(void** made, void* graph, unsigned long long flags) { REQUIRE(flags == 0); *made = new Graph(*(Graph*) graph); return 0; }
int cudaGraphUpload(void* graph, void*) { REQUIRE(graph); return 0; }
int cudaGraphLaunch(void* graph, void* stream) { Graph* g = (Graph*) graph; count("graph"); submit(stream, [g] { for (auto& work : g->work) work(); }); return 0; }
int cudaGraphDestroy(void* graph) { delete (Graph*) graph; return 0; }
int cudaGraphExecDestroy(void* graph) { drain(); delete (Graph*) graph; return 0; }

int cudaDriverGetVersion(int* version) { *version = 13000; return 0; }

// Driver.
int cuDeviceGetName(char* name, int length, int) { snprintf(name, length, "Fake GPU"); return 0; }
int cuGetErrorName(int error, const char** name) { *name = error == 200 ? "CUDA_ERROR_INVALID_IMAGE" : error == 500 ? "CUDA_ERROR_NOT_FOUND" : "CUDA_ERROR_UNKNOWN"; return 0; }
int cuModuleLoadData(void** module, const void* image) { if (memcmp(image, "FAKE CUBIN", 10) != 0) return 200; *module = new int(1); return 0; }
int cuModuleUnload(void* module) { delete (int*) module; return 0; }
int cuModuleGetFunction(void** function, void*, const char* name) {
    auto found = kernels.find(name);
    if (found == kernels.end()) return 500;
    *function = new Function{&found->second, name};
    return 0;
}
int cuLaunchKernel(void* function, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz, unsigned shared, void* stream, void** parameters, void** extra) {
    const Kernel* kernel = ((Function*) function)->kernel;
    REQUIRE(gz == 1 && bz == 1 && shared == 0 && !extra && gx > 0 && gy > 0 && gy < 65536 && bx * by == 256);
    std::vector<long long> values;
    for (size_t i = 0; i < kernel->kinds.size(); i++) {
        long long value = 0;
        memcpy(&value, parameters[i], kernel->kinds[i] == 'L' ? 8 : 4);
        values.push_back(value);
    }
    // A kernel that a check must find to be wrong.
    const char* wrong = getenv("FAKE_WRONG");
    if (wrong && ((Function*) function)->name == wrong) return 0;
    // One thread for each block: it then has more columns' blocks to do.
    unsigned blocks = by > 1 ? gx * bx : gx;
    submit(stream, [=] { launch(*kernel, blocks, gy, 1, 1, values.data()); });
    return 0;
}

// NVRTC.
int nvrtcVersion(int* major, int* minor) { *major = 13; *minor = 0; return 0; }
const char* nvrtcGetErrorString(int) { return "NVRTC_ERROR"; }
int nvrtcCreateProgram(void** program, const char* source, const char* name, int headers, const char* const*, const char* const*) {
    std::ifstream file(KERNELS);
    std::stringstream text;
    text << file.rdbuf();
    REQUIRE(headers == 0 && text.str() == source && std::string(name) == "kernels.cu");
    *program = new int(1);
    return 0;
}
// The real one opens its builtins by name alone, in no folder of its own.
int nvrtcCompileProgram(void*, int n, const char* const* options) {
    REQUIRE(dlopen("libnvrtc-builtins.so.13.0", RTLD_NOW | RTLD_NOLOAD));
    REQUIRE(n == 1 && std::string(options[0]) == "--gpu-architecture=sm_90");
    count("compile");
    return 0;
}
int nvrtcGetCUBINSize(void*, size_t* size) { *size = 10; return 0; }
int nvrtcGetCUBIN(void*, char* code) { memcpy(code, "FAKE CUBIN", 10); return 0; }
int nvrtcDestroyProgram(void** program) { delete (int*) *program; *program = nullptr; return 0; }

// cuBLASLt.
int cublasLtCreate(void** handle) { *handle = new int(2); return 0; }
int cublasLtDestroy(void* handle) { delete (int*) handle; return 0; }
size_t cublasLtGetVersion() { return 130000; }
const char* cublasLtGetStatusName(int) { return "CUBLAS_STATUS_INVALID_VALUE"; }
// Float32, with factors of bf16, of TF32.
int cublasLtMatmulDescCreate(void** desc, int compute, int scale) {
    REQUIRE((compute == 68 || compute == 75 || compute == 77) && scale == 0);
    Desc* d = new Desc();
    d->bits = compute == 68 ? 24 : compute == 75 ? 8 : 11;
    *desc = d;
    return 0;
}
int cublasLtMatmulDescDestroy(void* desc) { delete (Desc*) desc; return 0; }
int cublasLtMatmulDescSetAttribute(void* desc, int attribute, const void* value, size_t bytes) {
    Desc* d = (Desc*) desc;
    REQUIRE(bytes == (attribute == 8 ? 8u : 4u));
    if (attribute == 3) d->ta = *(int*) value;
    else if (attribute == 4) d->tb = *(int*) value;
    else if (attribute == 7) d->epilogue = *(int*) value;
    else if (attribute == 8) d->bias = *(const float**) value;
    else return 7;
    return 0;
}
int cublasLtMatrixLayoutCreate(void** layout, int type, unsigned long long rows, unsigned long long cols, long long ld) {
    REQUIRE(type == 0 && rows > 0 && cols > 0 && ld >= (long long) rows);
    *layout = new Layout{rows, cols, ld};
    return 0;
}
int cublasLtMatrixLayoutDestroy(void* layout) { delete (Layout*) layout; return 0; }
int cublasLtMatmulPreferenceCreate(void** preference) { *preference = new Preference(); return 0; }
int cublasLtMatmulPreferenceDestroy(void* preference) { delete (Preference*) preference; return 0; }
int cublasLtMatmulPreferenceSetAttribute(void* preference, int attribute, const void* value, size_t bytes) {
    Preference* p = (Preference*) preference;
    REQUIRE(attribute == 1 ? bytes == 8 : attribute >= 5 && attribute <= 8 && bytes == 4);
    if (attribute == 1) p->workspace = *(unsigned long long*) value;
    else p->alignment[attribute - 5] = *(unsigned*) value;
    return 0;
}
// Has no fused way to columns of 5, so that the way without one is taken too; and none to columns of 3 in bf16.
int cublasLtMatmulAlgoGetHeuristic(void*, void* desc, void*, void*, void* c, void*, void* preference, int wanted, Heuristic* results, int* found) {
    Desc* d = (Desc*) desc;
    REQUIRE(wanted == 1);
    *found = 0;
    if (d->epilogue != 1 && ((Layout*) c)->rows == 5 || d->bits == 8 && ((Layout*) c)->rows == 3) return 15;
    count(d->bits == 24 ? "product" : d->bits == 11 ? "product tf32" : "product bf16");
    *found = 1;
    *results = {};
    // What the algorithm relies on.
    Preference* p = (Preference*) preference;
    for (int i = 0; i < 4; i++) results->algo[i] = p->alignment[i];
    results->algo[4] = p->workspace;
    return 0;
}
int cublasLtMatmul(void*, void* desc, const void* alpha, const void* a, void* la, const void* b, void* lb, const void* beta, const void* c, void* lc, void* d, void* ld, const void* algo,
        void* workspace, size_t bytes, void* stream) {
    Desc x = *(Desc*) desc;
    Layout A = *(Layout*) la, B = *(Layout*) lb, C = *(Layout*) lc;
    const unsigned long long* relies = (const unsigned long long*) algo;
    long long m = C.rows, n = C.cols, k = x.ta ? A.rows : A.cols;
    REQUIRE(c == d && lc == ld && *(float*) alpha == 1 && (*(float*) beta == 0 || *(float*) beta == 1));
    REQUIRE((long long) (x.ta ? A.cols : A.rows) == m && (long long) (x.tb ? B.rows : B.cols) == n && (long long) (x.tb ? B.cols : B.rows) == k);
    REQUIRE(there(a, 4 * (A.ld * (A.cols - 1) + A.rows)) && there(b, 4 * (B.ld * (B.cols - 1) + B.rows)) && there(d, 4 * (C.ld * (C.cols - 1) + C.rows)));
    REQUIRE((size_t) a % relies[0] == 0 && (size_t) b % relies[1] == 0 && (size_t) c % relies[2] == 0 && (size_t) d % relies[3] == 0 && (size_t) x.bias % relies[3] == 0);
    REQUIRE(there(workspace, bytes) && bytes >= relies[4] && (x.epilogue == 1 || x.epilogue == 4 || x.epilogue == 6) && (x.epilogue == 1) == (x.bias == nullptr));
    bool add = *(float*) beta == 1;
    submit(stream, [=] { product(x.ta, x.tb, m, n, k, (const float*) a, A.ld, (const float*) b, B.ld, (float*) d, C.ld, add, x.bias, x.epilogue == 6, x.bits); });
    return 0;
}

// cuDNN.
static void* convolution_stream;
int cudnnCreate(void** handle) { *handle = new int(3); count("cudnn"); return 0; }
size_t cudnnGetVersion() { return 91900; }
int cudnnDestroy(void* handle) { delete (int*) handle; return 0; }
int cudnnSetStream(void*, void* stream) { convolution_stream = stream; return 0; }
const char* cudnnGetErrorString(int) { return "CUDNN_STATUS_BAD_PARAM"; }
int cudnnCreateTensorDescriptor(void** d) { *d = new Images(); return 0; }
int cudnnDestroyTensorDescriptor(void* d) { delete (Images*) d; return 0; }
int cudnnSetTensor4dDescriptor(void* d, int format, int type, int n, int c, int h, int w) { REQUIRE(format == 0 && (type == 0 || type == 9)); *(Images*) d = {n, c, h, w, type}; return 0; }
int cudnnCreateFilterDescriptor(void** d) { *d = new Images(); return 0; }
int cudnnDestroyFilterDescriptor(void* d) { delete (Images*) d; return 0; }
int cudnnSetFilter4dDescriptor(void* d, int type, int format, int k, int c, int h, int w) { REQUIRE(format == 0 && (type == 0 || type == 9)); *(Images*) d = {k, c, h, w, type}; return 0; }
int cudnnCreateConvolutionDescriptor(void** d) { *d = new Convolution(); return 0; }
int cudnnDestroyConvolutionDescriptor(void* d) { delete (Convolution*) d; return 0; }
int cudnnSetConvolution2dDescriptor(void* d, int ph, int pw, int sh, int sw, int dh, int dw, int mode, int type) {
    REQUIRE(mode == 1 && type == 0);
    *(Convolution*) d = {ph, pw, sh, sw, dh, dw, -1};
    return 0;
}
int cudnnSetConvolutionMathType(void* d, int type) { REQUIRE(type == 3 || type == 0); ((Convolution*) d)->math = type; return 0; }
int cudnnGetConvolutionForwardAlgorithmMaxCount(void*, int* n) { *n = 3; return 0; }
int cudnnGetConvolutionBackwardDataAlgorithmMaxCount(void*, int* n) { *n = 3; return 0; }
int cudnnGetConvolutionBackwardFilterAlgorithmMaxCount(void*, int* n) { *n = 3; return 0; }
// The first gives other bytes each time, the second wants too much, the third is right; in bf16 there is none to images of 5 channels.
static int choose(void* dx, void* dw, void* dc, void* dy, int wanted, int* n, Performance* p) {
    Images x = *(Images*) dx, w = *(Images*) dw, y = *(Images*) dy;
    int math = ((Convolution*) dc)->math;
    REQUIRE(wanted == 3 && x.type == w.type && x.type == y.type && (math == 0 || x.type == 0 && math == 3));
    if (x.type == 9 && y.c == 5) { *n = 0; return 0; }
    count(x.type == 9 ? "convolution bf16" : math == 0 ? "convolution tf32" : "convolution");
    p[0] = {0, 0, -1, 0, 0, 3, {}};
    p[1] = {1, 0, -1, (size_t) 1 << 40, 1, 3, {}};
    p[2] = {7, 0, -1, 1024, 1, math == 0 ? 1 : 0, {}};
    *n = 3;
    return 0;
}
int cudnnGetConvolutionForwardAlgorithm_v7(void*, void* x, void* w, void* c, void* y, int wanted, int* n, Performance* p) { return choose(x, w, c, y, wanted, n, p); }
int cudnnGetConvolutionBackwardDataAlgorithm_v7(void*, void* w, void* y, void* c, void* x, int wanted, int* n, Performance* p) { return choose(x, w, c, y, wanted, n, p); }
int cudnnGetConvolutionBackwardFilterAlgorithm_v7(void*, void* x, void* y, void* c, void* w, int wanted, int* n, Performance* p) { return choose(x, w, c, y, wanted, n, p); }
static int convolve(int pass, const void* alpha, const void* beta, int algorithm, void* workspace, size_t bytes, void* dx, const void* x, void* dw, const void* w, void* dc, void* dy, const void* y) {
    Images a = *(Images*) dx, f = *(Images*) dw, b = *(Images*) dy;
    Convolution k = *(Convolution*) dc;
    REQUIRE(*(float*) alpha == 1 && *(float*) beta == 0 && algorithm == 7 && there(workspace, bytes) && bytes >= 1024);
    REQUIRE(a.n == b.n && a.c == f.c && b.c == f.n && (a.h + 2 * k.top - ((f.h - 1) * k.dh + 1)) / k.sh + 1 == b.h && (a.w + 2 * k.left - ((f.w - 1) * k.dw + 1)) / k.sw + 1 == b.w);
    unsigned long long cell = a.type == 9 ? 2 : 4;
    REQUIRE(there(x, cell * a.n * a.c * a.h * a.w) && there(w, cell * f.n * f.c * f.h * f.w) && there(y, cell * b.n * b.c * b.h * b.w));
    if (a.type == 9) submit(convolution_stream, [=] {
        convolution_halves(pass, a.n, a.c, a.h, a.w, b.c, b.h, b.w, f.h, f.w, k.sh, k.sw, k.top, k.left, k.dh, k.dw, (unsigned short*) x, (unsigned short*) w, (unsigned short*) y);
    });
    else submit(convolution_stream, [=] { convolution(pass, a.n, a.c, a.h, a.w, b.c, b.h, b.w, f.h, f.w, k.sh, k.sw, k.top, k.left, k.dh, k.dw, (float*) x, (float*) w, (float*) y, k.math == 0 ? 11 : 24); });
    return 0;
}
int cudnnConvolutionForward(void*, const void* alpha, void* dx, const void* x, void* dw, const void* w, void* dc, int algorithm, void* workspace, size_t bytes, const void* beta, void* dy, void* y) {
    return convolve(0, alpha, beta, algorithm, workspace, bytes, dx, x, dw, w, dc, dy, y);
}
int cudnnConvolutionBackwardData(void*, const void* alpha, void* dw, const void* w, void* dy, const void* y, void* dc, int algorithm, void* workspace, size_t bytes, const void* beta, void* dx,
        void* x) {
    return convolve(1, alpha, beta, algorithm, workspace, bytes, dx, x, dw, w, dc, dy, y);
}
int cudnnConvolutionBackwardFilter(void*, const void* alpha, void* dx, const void* x, void* dy, const void* y, void* dc, int algorithm, void* workspace, size_t bytes, const void* beta, void* dw,
        void* w) {
    return convolve(2, alpha, beta, algorithm, workspace, bytes, dx, x, dw, w, dc, dy, y);
}

}
