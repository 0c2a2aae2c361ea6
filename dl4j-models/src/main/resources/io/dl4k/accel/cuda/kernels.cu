// Everything that is no matrix product and no convolution. Compiled at run time for the GPU at hand; compiled by the host's C++ compiler in tests.
//
// Launch shapes: "elements" kernels stride over n cells with any grid; "blocks" kernels give each item one block of up to THREADS threads;
// "columns" kernels have blocks of columns x lanes. All are right for a block of one thread, which is how the tests run them.
// Every sum is made in one fixed order, so that the same numbers give the same bytes. What changes from step to step is read from memory,
// so that a recorded graph can be replayed.

#define THREADS 256
#define LANES 8
#define COLUMNS 32
#define LOWEST -3.402823466e+38f

// The host sees to it that n is below 2^31: divisions of 64 bits would take longer than the memory.
#define FOR_EACH(i, n) for (unsigned i = blockIdx.x * blockDim.x + threadIdx.x; i < (unsigned) (n); i += gridDim.x * blockDim.x)

// What is not a number stays so, as fminf and fmaxf would not have it: training must see it.
static __device__ float within(float x, float low, float high) {
    return x < low ? low : x > high ? high : x;
}

static __device__ double block_sum(double v) {
    __shared__ double sums[THREADS];
    sums[threadIdx.x] = v;
    __syncthreads();
    for (unsigned half = blockDim.x / 2; half > 0; half /= 2) {
        if (threadIdx.x < half) sums[threadIdx.x] += sums[threadIdx.x + half];
        __syncthreads();
    }
    double sum = sums[0];
    __syncthreads();
    return sum;
}

static __device__ float block_max(float v) {
    __shared__ float most[THREADS];
    most[threadIdx.x] = v;
    __syncthreads();
    for (unsigned half = blockDim.x / 2; half > 0; half /= 2) {
        if (threadIdx.x < half) most[threadIdx.x] = fmaxf(most[threadIdx.x], most[threadIdx.x + half]);
        __syncthreads();
    }
    float max = most[0];
    __syncthreads();
    return max;
}

// Activations, in the order of Activation.Kind.

enum { IDENTITY, RELU, ELU, SELU, SIGMOID, TANH, HARD_SIGMOID, HARD_TANH, SOFTPLUS, MISH, GELU_TANH, SWISH };

#define SELU_ALPHA 1.67326324235437728481f
#define SELU_SCALE 1.05070098735548049342f

static __device__ float sigmoid(float x) {
    return x >= 0 ? 1 / (1 + expf(-x)) : expf(x) / (1 + expf(x));
}

static __device__ float softplus(float x) {
    return fmaxf(x, 0) + log1pf(expf(-fabsf(x)));
}

static __device__ float act(int kind, float alpha, float x) {
    switch (kind) {
        case RELU: return x > 0 ? x : alpha * x;
        case ELU: return x > 0 ? x : alpha * expm1f(x);
        case SELU: return SELU_SCALE * (x > 0 ? x : SELU_ALPHA * expm1f(x));
        case SIGMOID: return sigmoid(x);
        case TANH: return tanhf(x);
        case HARD_SIGMOID: return within(0.2f * x + 0.5f, 0, 1);
        case HARD_TANH: return within(x, -1, 1);
        case SOFTPLUS: return softplus(x);
        case MISH: return x * tanhf(softplus(x));
        case GELU_TANH: return 0.5f * x * (1 + tanhf(0.797884560802865f * (x + 0.044715f * x * x * x)));
        case SWISH: return x * sigmoid(alpha * x);
        default: return x;
    }
}

// Derivative by the input; x is read only where it does not follow from y.
static __device__ float act_slope(int kind, float alpha, float x, float y) {
    switch (kind) {
        case RELU: return y > 0 ? 1 : alpha;
        case ELU: return y > 0 ? 1 : y + alpha;
        case SELU: return x > 0 ? SELU_SCALE : SELU_SCALE * SELU_ALPHA * expf(x);
        case SIGMOID: return y * (1 - y);
        case TANH: return 1 - y * y;
        case HARD_SIGMOID: { float v = 0.2f * x + 0.5f; return v > 0 && v < 1 ? 0.2f : 0; }
        case HARD_TANH: return x > -1 && x < 1 ? 1 : 0;
        case SOFTPLUS: return sigmoid(x);
        case MISH: { float t = tanhf(softplus(x)); return t + x * (1 - t * t) * sigmoid(x); }
        case GELU_TANH: {
            float t = tanhf(0.797884560802865f * (x + 0.044715f * x * x * x));
            return 0.5f * (1 + t) + 0.5f * x * (1 - t * t) * 0.797884560802865f * (1 + 3 * 0.044715f * x * x);
        }
        case SWISH: { float s = sigmoid(alpha * x); return s + alpha * x * s * (1 - s); }
        default: return 1;
    }
}

// By x where the slope needs it: a RELU or ELU of negative alpha does not follow from y.
static __device__ float slope_at(int kind, float alpha, float x) {
    if (kind == RELU) return x > 0 ? 1 : alpha;
    if (kind == ELU) return x > 0 ? 1 : alpha * expf(x);
    return act_slope(kind, alpha, x, act(kind, alpha, x));
}

extern "C" __global__ void activate(const float* x, float* y, long long n, int kind, float alpha) {
    FOR_EACH(i, n) y[i] = act(kind, alpha, x[i]);
}

// g becomes the gradient of the input; by the output y where x is null.
extern "C" __global__ void activate_back(const float* x, const float* y, float* g, long long n, int kind, float alpha) {
    FOR_EACH(i, n) g[i] *= x ? slope_at(kind, alpha, x[i]) : act_slope(kind, alpha, 0, y[i]);
}

// y = act(y + bias), cells in the order [outer, channels, inner]; without bias where it is null.
extern "C" __global__ void bias_activate(float* y, const float* bias, long long n, int channels, int inner, int kind, float alpha) {
    FOR_EACH(i, n) {
        float v = y[i];
        if (bias) v += bias[i / inner % channels];
        y[i] = act(kind, alpha, v);
    }
}

// bf16 is the upper half of a float, rounded to even.

union Bits { float number; unsigned cells; };

extern "C" __global__ void to_halves(const float* x, unsigned short* y, long long n) {
    FOR_EACH(i, n) {
        Bits bits;
        bits.number = x[i];
        // Rounding could make an infinity of what is not a number.
        bool number = (bits.cells & 0x7FFFFFFFu) <= 0x7F800000u;
        y[i] = (unsigned short) (number ? (bits.cells + 0x7FFFu + (bits.cells >> 16 & 1)) >> 16 : bits.cells >> 16 | 0x40);
    }
}

extern "C" __global__ void from_halves(const unsigned short* x, float* y, long long n) {
    FOR_EACH(i, n) {
        Bits bits;
        bits.cells = (unsigned) x[i] << 16;
        y[i] = bits.number;
    }
}

extern "C" __global__ void add_to(const float* x, float* y, long long n) {
    FOR_EACH(i, n) y[i] += x[i];
}

// Adds a share of x, to nothing at the beginning.
extern "C" __global__ void accumulate(const float* x, float* sum, long long n, float share, int begin) {
    FOR_EACH(i, n) sum[i] = (begin ? 0 : sum[i]) + share * x[i];
}

// y = factor (a + b)
extern "C" __global__ void add(const float* a, const float* b, float* y, long long n, float factor) {
    FOR_EACH(i, n) y[i] = factor * (a[i] + b[i]);
}

extern "C" __global__ void multiply(const float* a, const float* b, float* y, long long n) {
    FOR_EACH(i, n) y[i] = a[i] * b[i];
}

extern "C" __global__ void scale(float* y, long long n, float factor) {
    FOR_EACH(i, n) y[i] *= factor;
}

// y in row-major order of d0 x d1 x d2 x d3, x by these strides.
extern "C" __global__ void permute(const float* x, float* y, int d0, int d1, int d2, int d3, long long s0, long long s1, long long s2, long long s3) {
    FOR_EACH(i, d0 * d1 * d2 * d3) {
        unsigned rest = i;
        unsigned i3 = rest % d3; rest /= d3;
        unsigned i2 = rest % d2; rest /= d2;
        unsigned i1 = rest % d1; rest /= d1;
        y[i] = x[rest * s0 + i1 * s1 + i2 * s2 + i3 * s3];
    }
}

// Rows of width cells from one row stride to another.
extern "C" __global__ void copy_rows(const float* x, float* y, int rows, int width, int from, int to) {
    FOR_EACH(i, rows * width) y[i / width * to + i % width] = x[i / width * from + i % width];
}

// A window of y's size out of each plane of x, its corner at (top, left) of x, zero where it lies outside: pads where the corner is negative, else crops.
extern "C" __global__ void window(const float* x, float* y, int planes, int h, int w, int top, int left, int to_h, int to_w) {
    FOR_EACH(i, planes * to_h * to_w) {
        int c = i % to_w + left;
        int r = i / to_w % to_h + top;
        y[i] = r >= 0 && r < h && c >= 0 && c < w ? x[(i / to_w / to_h * h + r) * w + c] : 0;
    }
}

// A cell's number follows from its place, the step and the layer: key[0] and key[1] are those of step and layer.
static __device__ unsigned hash(unsigned i, unsigned low, unsigned high) {
    unsigned h = i * 0x9E3779B1u + low;
    h = (h ^ (h >> 16)) * 0x85EBCA6Bu + high;
    h = (h ^ (h >> 13)) * 0xC2B2AE35u;
    return h ^ (h >> 16);
}

extern "C" __global__ void dropout(const float* x, float* y, long long n, float keep, float scale, const unsigned* key) {
    FOR_EACH(i, n) y[i] = (hash((unsigned) i, key[0], key[1]) >> 8) * 0x1p-24f < keep ? x[i] * scale : 0;
}

// Normal numbers by Box and Muller's method.
extern "C" __global__ void noise(float* w, const float* clean, long long n, float mean, float deviation, int additive, const unsigned* key) {
    FOR_EACH(i, n) {
        float u = ((hash((unsigned) (2 * i), key[0], key[1]) >> 8) + 1) * 0x1p-24f;
        float v = (hash((unsigned) (2 * i + 1), key[0], key[1]) >> 8) * 0x1p-24f;
        float drawn = mean + deviation * sqrtf(-2 * logf(u)) * cosf(6.283185307179586f * v);
        w[i] = additive ? clean[i] + drawn : clean[i] * drawn;
    }
}

// Softmax over c cells at distance inner; one block for each of them.

extern "C" __global__ void softmax(const float* x, float* y, int c, int inner) {
    long long base = (long long) (blockIdx.x / inner) * c * inner + blockIdx.x % inner;
    float most = LOWEST;
    for (int k = threadIdx.x; k < c; k += blockDim.x) most = fmaxf(most, x[base + (long long) k * inner]);
    most = block_max(most);
    double sum = 0;
    for (int k = threadIdx.x; k < c; k += blockDim.x) sum += expf(x[base + (long long) k * inner] - most);
    float total = (float) block_sum(sum);
    for (int k = threadIdx.x; k < c; k += blockDim.x) y[base + (long long) k * inner] = expf(x[base + (long long) k * inner] - most) / total;
}

extern "C" __global__ void softmax_back(const float* y, float* g, int c, int inner) {
    long long base = (long long) (blockIdx.x / inner) * c * inner + blockIdx.x % inner;
    double sum = 0;
    for (int k = threadIdx.x; k < c; k += blockDim.x) sum += y[base + (long long) k * inner] * g[base + (long long) k * inner];
    float dot = (float) block_sum(sum);
    for (int k = threadIdx.x; k < c; k += blockDim.x) {
        long long i = base + (long long) k * inner;
        g[i] = y[i] * (g[i] - dot);
    }
}

// Losses, in the order of LossSpec.Kind; one block for each row. Writes the scaled gradient and the row's unscaled loss.

enum { MCXENT, XENT, MSE, L2, MAE, L1, HUBER, POISSON, LOGISTIC };
// How the mask lies: none, a number for each row (batch, time), a number for each cell.
enum { UNMASKED, BY_ROW, BY_CELL };

extern "C" __global__ void loss(const float* a, const float* labels, const float* weights, const float* mask, const int* mask_kind, float* g, double* row_loss,
        int outs, int steps, int batch, int kind, int of_logits, float smoothing, float delta, float negative, float positive, float factor) {
    int row = blockIdx.x;
    long long base = (long long) row * outs;
    int masked = *mask_kind;
    float of_row = masked == BY_ROW ? mask[row % batch * steps + row / batch] : 1;
    float share = kind == MSE || kind == MAE || kind == HUBER ? 1.0f / outs : 1;
    float sum = 0;
    if (kind == MCXENT && of_logits && weights) {
        double all = 0;
        for (int k = threadIdx.x; k < outs; k += blockDim.x) {
            float y = labels[base + k];
            if (smoothing > 0) y = y * (1 - smoothing) + smoothing / outs;
            all += weights[k] * y;
        }
        sum = (float) block_sum(all);
    }
    double score = 0;
    for (int k = threadIdx.x; k < outs; k += blockDim.x) {
        long long i = base + k;
        float y = labels[i];
        float v = a[i];
        float w = weights ? weights[k] : 1;
        float m = masked == BY_CELL ? mask[i] : of_row;
        double part = 0;
        float slope = 0;
        switch (kind) {
            case MCXENT: {
                if (smoothing > 0) y = y * (1 - smoothing) + smoothing / outs;
                if (y != 0) part = -w * y * log((double) within(v, 1e-10f, 1 - 1e-10f));
                slope = !of_logits ? -w * y / v : weights ? v * sum - w * y : v - y;
                break;
            }
            case XENT: {
                float p = within(v, 1e-5f, 1 - 1e-5f);
                part = -w * (y * log((double) p) + (1 - y) * log((double) (1 - p)));
                slope = w * (p - y) / (p * (1 - p));
                break;
            }
            case MSE: case L2: part = w * share * (v - y) * (v - y); slope = 2 * (v - y) * share * w; break;
            case MAE: case L1: part = w * share * fabsf(v - y); slope = v == y ? 0 : copysignf(share * w, v - y); break;
            case HUBER: {
                float d = v - y;
                float c = within(fabsf(d), 0, delta);
                part = w * share * c * (fabsf(d) - c / 2);
                slope = share * within(d, -delta, delta);
                break;
            }
            case POISSON: part = w * (v - y * log((double) v)); slope = 1 - y / v; break;
            case LOGISTIC: {
                double z = v;
                double tail = exp(-fabs(z));
                double s = y * (1 - smoothing) + smoothing / 2;
                double of_class = negative + (positive - negative) * y;
                part = w * of_class * (fmax(z, 0.0) + log1p(tail) - s * z);
                slope = (float) (of_class * ((z >= 0 ? 1 : tail) / (1 + tail) - s)) * w;
                break;
            }
        }
        score += part * m;
        g[i] = slope * m * factor;
    }
    score = block_sum(score);
    if (threadIdx.x == 0) row_loss[row] = score;
}

// One block.
extern "C" __global__ void sum_doubles(const double* x, long long n, double* to) {
    double sum = 0;
    for (long long i = threadIdx.x; i < n; i += blockDim.x) sum += x[i];
    sum = block_sum(sum);
    if (threadIdx.x == 0) *to = sum;
}

// Sums of columns of x [rows, cols], of each chunk of rows: to [chunks, cols]; blocks of columns x lanes, grid of columns x chunks. Where y is not null, x is the gradient of an
// activation's output y first, and becomes that of its input.
extern "C" __global__ void column_sums(float* x, const float* y, float* to, long long rows, int cols, int chunks, int kind, float alpha) {
    __shared__ double sums[LANES][COLUMNS];
    int col = blockIdx.x * blockDim.x + threadIdx.x;
    long long from = rows * blockIdx.y / chunks;
    long long end = rows * (blockIdx.y + 1) / chunks;
    double sum = 0;
    if (col < cols) for (long long r = from + threadIdx.y; r < end; r += blockDim.y) {
        float v = x[r * cols + col];
        if (y) x[r * cols + col] = v *= act_slope(kind, alpha, 0, y[r * cols + col]);
        sum += v;
    }
    sums[threadIdx.y][threadIdx.x] = sum;
    __syncthreads();
    if (threadIdx.y == 0 && col < cols) {
        for (unsigned lane = 1; lane < blockDim.y; lane++) sum += sums[lane][threadIdx.x];
        to[(long long) blockIdx.y * cols + col] = (float) sum;
    }
}

// Statistics of channels of x [outer, channels, inner]; one block for each channel and chunk of its cells: [chunks, channels].

#define CELLS_OF_CHUNK(cells) \
    int channel = blockIdx.x % channels; \
    int chunk = blockIdx.x / channels; \
    long long from = (cells) * chunk / chunks; \
    long long end = (cells) * (chunk + 1) / chunks;
#define CELL(i) (((i) / inner * channels + channel) * inner + (i) % inner)

extern "C" __global__ void channel_sums(const float* x, float* to, long long outer, int channels, int inner, int chunks) {
    CELLS_OF_CHUNK(outer * inner)
    double sum = 0;
    for (unsigned i = from + threadIdx.x; i < end; i += blockDim.x) sum += x[CELL(i)];
    sum = block_sum(sum);
    if (threadIdx.x == 0) to[blockIdx.x] = (float) sum;
}

// Mean and sum of squared differences from it, of each chunk: [chunks, channels, 2].
extern "C" __global__ void moments(const float* x, float* to, long long outer, int channels, int inner, int chunks) {
    CELLS_OF_CHUNK(outer * inner)
    double sum = 0;
    for (unsigned i = from + threadIdx.x; i < end; i += blockDim.x) sum += x[CELL(i)];
    float mean = (float) (block_sum(sum) / (end - from));
    double squares = 0;
    for (unsigned i = from + threadIdx.x; i < end; i += blockDim.x) {
        float d = x[CELL(i)] - mean;
        squares += d * d;
    }
    squares = block_sum(squares);
    if (threadIdx.x == 0) {
        to[2 * blockIdx.x] = mean;
        to[2 * blockIdx.x + 1] = (float) squares;
    }
}

static __device__ double stored_variance(float stored, int log_deviation) {
    return log_deviation ? pow(10.0, 2.0 * stored) : stored;
}

// Chunks put together by Chan, Golub and LeVeque's formula (Algorithms for computing the sample variance, 1983), and the step of the running
// statistics, as DL4J keeps them: parameters whose "gradient" is the step.
extern "C" __global__ void moments_end(const float* parts, float* mean, float* variance, const float* running_mean, const float* running_variance, float* grad_mean,
        float* grad_variance, long long cells, int channels, int chunks, float decay, int log_deviation) {
    FOR_EACH(c, channels) {
        double count = 0;
        double m = 0;
        double squares = 0;
        for (int k = 0; k < chunks; k++) {
            double more = (double) (cells * (k + 1) / chunks - cells * k / chunks);
            if (more == 0) continue;
            double d = parts[2 * ((long long) k * channels + c)] - m;
            squares += parts[2 * ((long long) k * channels + c) + 1] + d * d * count * more / (count + more);
            m += d * more / (count + more);
            count += more;
        }
        mean[c] = (float) m;
        variance[c] = (float) (squares / count);
        double keep = decay;
        double old = stored_variance(running_variance[c], log_deviation);
        double now = keep * old + (1 - keep) * variance[c];
        grad_mean[c] = (float) ((1 - keep) * (running_mean[c] - mean[c]));
        grad_variance[c] = (float) (log_deviation ? running_variance[c] - 0.5 * log10(now) : old - now);
    }
}

extern "C" __global__ void running_variance(const float* stored, float* variance, long long n, int log_deviation) {
    FOR_EACH(i, n) variance[i] = (float) stored_variance(stored[i], log_deviation);
}

extern "C" __global__ void normalise(const float* x, float* y, const float* mean, const float* variance, const float* gamma, const float* beta, long long n, int channels,
        int inner, float fixed_gamma, float fixed_beta, float epsilon) {
    FOR_EACH(i, n) {
        int c = i / inner % channels;
        y[i] = (x[i] - mean[c]) / sqrtf(variance[c] + epsilon) * (gamma ? gamma[c] : fixed_gamma) + (beta ? beta[c] : fixed_beta);
    }
}

// Sums of g and of g times the normalised x, of each chunk: [chunks, channels, 2].
extern "C" __global__ void normalise_sums(const float* x, const float* g, const float* mean, const float* variance, float* to, long long outer, int channels, int inner,
        int chunks, float epsilon) {
    CELLS_OF_CHUNK(outer * inner)
    float m = mean[channel];
    double sum = 0;
    double product = 0;
    for (unsigned i = from + threadIdx.x; i < end; i += blockDim.x) {
        sum += g[CELL(i)];
        product += g[CELL(i)] * (x[CELL(i)] - m);
    }
    sum = block_sum(sum);
    product = block_sum(product);
    if (threadIdx.x == 0) {
        to[2 * blockIdx.x] = (float) sum;
        to[2 * blockIdx.x + 1] = (float) (product / sqrtf(variance[channel] + epsilon));
    }
}

// Gradients of beta and gamma, where somebody needs them, and the two sums of each channel: [channels, 2].
extern "C" __global__ void normalise_sums_end(const float* parts, float* sums, float* grad_gamma, float* grad_beta, int channels, int chunks) {
    FOR_EACH(c, channels) {
        double sum = 0;
        double product = 0;
        for (int k = 0; k < chunks; k++) {
            sum += parts[2 * ((long long) k * channels + c)];
            product += parts[2 * ((long long) k * channels + c) + 1];
        }
        sums[2 * c] = (float) sum;
        sums[2 * c + 1] = (float) product;
        if (grad_beta) grad_beta[c] = (float) sum;
        if (grad_gamma) grad_gamma[c] = (float) product;
    }
}

extern "C" __global__ void normalise_back(const float* x, float* g, const float* mean, const float* variance, const float* gamma, const float* sums, long long n, int channels,
        int inner, float fixed_gamma, float epsilon) {
    long long cells = n / channels;
    FOR_EACH(i, n) {
        int c = i / inner % channels;
        float inverse = 1 / sqrtf(variance[c] + epsilon);
        float normal = (x[i] - mean[c]) * inverse;
        g[i] = (gamma ? gamma[c] : fixed_gamma) * inverse * (g[i] - (sums[2 * c] + normal * sums[2 * c + 1]) / cells);
    }
}

// Pooling of planes [h, w] to [to_h, to_w]. The gradients gather, so that windows may overlap and no order is left to chance.

extern "C" __global__ void pool_max(const float* x, float* y, int* where, int planes, int h, int w, int to_h, int to_w, int kernel_h, int kernel_w, int stride_h, int stride_w,
        int top, int left, int dilation_h, int dilation_w) {
    FOR_EACH(i, planes * to_h * to_w) {
        int c0 = (int) (i % to_w) * stride_w - left;
        int r0 = (int) (i / to_w % to_h) * stride_h - top;
        const float* plane = x + i / to_w / to_h * h * w;
        float most = LOWEST;
        int at = -1;
        for (int kr = 0; kr < kernel_h; kr++) {
            int r = r0 + kr * dilation_h;
            if (r < 0 || r >= h) continue;
            for (int kc = 0; kc < kernel_w; kc++) {
                int c = c0 + kc * dilation_w;
                if (c < 0 || c >= w) continue;
                float v = plane[r * w + c];
                if (at < 0 || v > most) {
                    most = v;
                    at = r * w + c;
                }
            }
        }
        y[i] = most;
        if (where) where[i] = at;
    }
}

static __device__ int cells_inside(int from, int kernel, int dilation, int size) {
    int inside = 0;
    for (int k = 0; k < kernel; k++) if (from + k * dilation >= 0 && from + k * dilation < size) inside++;
    return inside;
}

extern "C" __global__ void pool_mean(const float* x, float* y, int planes, int h, int w, int to_h, int to_w, int kernel_h, int kernel_w, int stride_h, int stride_w, int top,
        int left, int dilation_h, int dilation_w, int padded) {
    FOR_EACH(i, planes * to_h * to_w) {
        int c0 = (int) (i % to_w) * stride_w - left;
        int r0 = (int) (i / to_w % to_h) * stride_h - top;
        const float* plane = x + i / to_w / to_h * h * w;
        float sum = 0;
        for (int kr = 0; kr < kernel_h; kr++) {
            int r = r0 + kr * dilation_h;
            if (r < 0 || r >= h) continue;
            for (int kc = 0; kc < kernel_w; kc++) {
                int c = c0 + kc * dilation_w;
                if (c >= 0 && c < w) sum += plane[r * w + c];
            }
        }
        int inside = padded ? kernel_h * kernel_w : cells_inside(r0, kernel_h, dilation_h, h) * cells_inside(c0, kernel_w, dilation_w, w);
        y[i] = sum / inside;
    }
}

// By where the maximum was; of the mean where that is null.
extern "C" __global__ void pool_back(const float* g, const int* where, float* dx, int planes, int h, int w, int to_h, int to_w, int kernel_h, int kernel_w, int stride_h,
        int stride_w, int top, int left, int dilation_h, int dilation_w, int padded) {
    FOR_EACH(i, planes * h * w) {
        int c = (int) (i % w);
        int r = (int) (i / w % h);
        unsigned plane = i / w / h * to_h * to_w;
        float sum = 0;
        for (int kr = 0; kr < kernel_h; kr++) {
            int r0 = r + top - kr * dilation_h;
            if (r0 < 0 || r0 % stride_h != 0 || r0 / stride_h >= to_h) continue;
            for (int kc = 0; kc < kernel_w; kc++) {
                int c0 = c + left - kc * dilation_w;
                if (c0 < 0 || c0 % stride_w != 0 || c0 / stride_w >= to_w) continue;
                unsigned o = plane + r0 / stride_h * to_w + c0 / stride_w;
                if (where) {
                    if (where[o] == r * w + c) sum += g[o];
                } else {
                    sum += g[o] / (padded ? kernel_h * kernel_w : cells_inside(r0 - top, kernel_h, dilation_h, h) * cells_inside(c0 - left, kernel_w, dilation_w, w));
                }
            }
        }
        dx[i] = sum;
    }
}

// Sequences [steps, batch, features], masks [batch, steps].

extern "C" __global__ void mask_steps(const float* x, float* y, const float* mask, int steps, int batch, int features) {
    FOR_EACH(i, steps * batch * features) {
        unsigned row = i / features;
        float m = mask[row % batch * steps + row / batch];
        y[i] = m == 0 ? 0 : m == 1 ? x[i] : x[i] * m;
    }
}

// What went wrong, for the host to read: a code and a number; in the order of Results.Problem.
enum { FINE, ZEROS_BEFORE_THE_END, TOKEN_OUTSIDE };

// Steps of each row before its padding, which is all zeros; one block a row.
extern "C" __global__ void lengths_by_zeros(const float* x, int* lengths, int steps, int batch, int features, double* status) {
    int n = blockIdx.x;
    double count = 0;
    float last = 0;
    for (int t = threadIdx.x; t < steps; t += blockDim.x) {
        const float* step = x + ((long long) t * batch + n) * features;
        int f = 0;
        while (f < features && step[f] == 0) f++;
        if (f == features) continue;
        count++;
        last = fmaxf(last, t + 1);
    }
    last = block_max(last);
    count = block_sum(count);
    if (threadIdx.x == 0) {
        lengths[n] = (int) last;
        // A token outside the vocabulary left zeros too.
        if (count != last && status[0] == FINE) {
            status[0] = ZEROS_BEFORE_THE_END;
            status[1] = n;
        }
    }
}

extern "C" __global__ void lengths_by_mask(const float* mask, int* lengths, int steps, int batch) {
    FOR_EACH(n, batch) {
        int length = 0;
        while (length < steps && mask[n * steps + length] != 0) length++;
        lengths[n] = length;
    }
}

extern "C" __global__ void reverse_steps(const float* x, float* y, const int* lengths, int steps, int batch, int features) {
    FOR_EACH(i, steps * batch * features) {
        unsigned row = i / features;
        int n = row % batch;
        int t = row / batch;
        y[i] = t >= lengths[n] ? 0 : x[((lengths[n] - 1 - t) * batch + n) * features + i % features];
    }
}

// The last step that counts, the first if none does; the last of all without a mask. And how many count.
extern "C" __global__ void last_steps(const float* mask, int* last, float* valid, int steps, int batch) {
    FOR_EACH(n, batch) {
        int t = steps - 1;
        float count = steps;
        if (mask) {
            while (t > 0 && mask[n * steps + t] == 0) t--;
            count = 0;
            for (int k = 0; k < steps; k++) if (mask[n * steps + k] != 0) count++;
        }
        last[n] = t;
        valid[n] = count;
    }
}

extern "C" __global__ void take_step(const float* x, float* y, const int* last, int batch, int features) {
    FOR_EACH(i, batch * features) y[i] = x[last[i / features] * batch * features + i];
}

extern "C" __global__ void take_step_back(const float* g, float* dx, const int* last, int steps, int batch, int features) {
    FOR_EACH(i, steps * batch * features) {
        unsigned cell = i % (batch * features);
        dx[i] = last[cell / features] == i / (batch * features) ? g[cell] : 0;
    }
}

// In the order of LayerSpec.PoolKind.
enum { POOL_MAX, POOL_MEAN, POOL_MEAN_PADDED, POOL_SUM };

extern "C" __global__ void pool_steps(const float* x, float* y, int* where, const float* mask, const float* valid, int steps, int batch, int features, int kind) {
    FOR_EACH(i, batch * features) {
        int n = i / features;
        float most = LOWEST;
        float sum = 0;
        int at = 0;
        for (int t = 0; t < steps; t++) {
            if (mask && mask[n * steps + t] == 0) continue;
            float v = x[t * batch * features + i];
            sum += v;
            if (v > most) {
                most = v;
                at = t;
            }
        }
        y[i] = kind == POOL_MAX ? most : kind == POOL_SUM ? sum : sum / valid[n];
        if (where) where[i] = at;
    }
}

extern "C" __global__ void pool_steps_back(const float* g, float* dx, const int* where, const float* mask, const float* valid, int steps, int batch, int features, int kind) {
    FOR_EACH(i, steps * batch * features) {
        unsigned cell = i % (batch * features);
        int t = i / (batch * features);
        int n = cell / features;
        if (kind == POOL_MAX) dx[i] = where[cell] == t ? g[cell] : 0;
        else if (mask && mask[n * steps + t] == 0) dx[i] = 0;
        else dx[i] = kind == POOL_SUM ? g[cell] : g[cell] / valid[n];
    }
}

// Word vectors: column-major [vocabulary, out], so that a vector is every vocabulary-th float.

extern "C" __global__ void embed(const float* tokens, const float* w, const float* bias, float* y, long long n, int vocabulary, int out, double* status) {
    FOR_EACH(i, n * out) {
        float token = tokens[i / out];
        if (!(token > -1 && token < vocabulary)) {
            status[0] = TOKEN_OUTSIDE;
            status[1] = token;
            y[i] = 0;
            continue;
        }
        int f = i % out;
        y[i] = w[f * vocabulary + (int) token] + (bias ? bias[f] : 0);
    }
}

// One block for each token: the first of equal ones adds up for all. The gradient was set to zero before.
extern "C" __global__ void embed_back(const float* tokens, const float* g, float* dw, int n, int vocabulary, int out) {
    int i = blockIdx.x;
    int token = (int) tokens[i];
    if (token < 0 || token >= vocabulary) return;
    float earlier = 0;
    for (int j = threadIdx.x; j < i; j += blockDim.x) if ((int) tokens[j] == token) earlier = 1;
    if (block_max(earlier) > 0) return;
    for (int f = threadIdx.x; f < out; f += blockDim.x) {
        float sum = 0;
        for (int j = i; j < n; j++) if ((int) tokens[j] == token) sum += g[(long long) j * out + f];
        dw[(long long) f * vocabulary + token] = sum;
    }
}

// One step of an LSTM. Sums before the activations lie as [batch, 4, units], gates in DL4J's order candidate, forget, output, input.

#define GATES unsigned at = i / units * 4 * units + i % units; \
    float* zc = z + at; float* zf = zc + units; float* zo = zf + units; float* zi = zo + units;

extern "C" __global__ void lstm_step(float* z, const float* before, float* cell, float* h, int batch, int units, int kind, float alpha, int gate, float gate_alpha) {
    FOR_EACH(i, batch * units) {
        GATES
        float c = act(gate, gate_alpha, *zi) * act(kind, alpha, *zc);
        if (before) c += act(gate, gate_alpha, *zf) * before[i];
        cell[i] = c;
        h[i] = act(gate, gate_alpha, *zo) * act(kind, alpha, c);
    }
}

// The sums become their gradients. carried holds what the step after adds to the cells' gradient, unless this is the last one.
extern "C" __global__ void lstm_step_back(float* z, const float* before, const float* cell, const float* dh, float* carried, int last, int batch, int units, int kind, float alpha,
        int gate, float gate_alpha) {
    FOR_EACH(i, batch * units) {
        GATES
        float a = act(kind, alpha, *zc);
        float f = act(gate, gate_alpha, *zf);
        float o = act(gate, gate_alpha, *zo);
        float in = act(gate, gate_alpha, *zi);
        float c = cell[i];
        float error = dh[i] * o * slope_at(kind, alpha, c);
        if (!last) error += carried[i];
        carried[i] = error * f;
        *zo = dh[i] * act(kind, alpha, c) * slope_at(gate, gate_alpha, *zo);
        *zf = before ? error * before[i] * slope_at(gate, gate_alpha, *zf) : 0;
        *zi = error * a * slope_at(gate, gate_alpha, *zi);
        *zc = error * in * slope_at(kind, alpha, *zc);
    }
}

// All steps of an LSTM, a block for each few rows: rows do not meet, so that no block waits for another and the weights stay near it.

#define MOST_UNITS 128
#define MOST_PARTS 4

#define LSTM_SHAPE int steps, int batch, int units, int backward, int rows, int kind, float alpha, int gate, float gate_alpha
#define LSTM_GIVEN steps, batch, units, backward, rows, kind, alpha, gate, gate_alpha

// z holds the input's part of the sums and becomes the sums. turned is the recurrent weights as [units, 4 units], rows first. cell is null where nobody needs it afterwards.
template<int R> static __device__ void lstm_rows(float* z, const float* turned, float* cell, float* h, LSTM_SHAPE) {
    __shared__ float sums[R][4 * MOST_UNITS];
    __shared__ float states[R][MOST_UNITS];
    __shared__ float before[R][MOST_UNITS];
    int first = blockIdx.x * R;
    int gates = 4 * units;
    for (int s = 0; s < steps; s++) {
        unsigned row = (backward ? steps - 1 - s : s) * batch + first;
        for (int c = threadIdx.x; c < gates; c += blockDim.x) {
            float sum[R];
            for (int r = 0; r < R; r++) sum[r] = first + r < batch ? z[(row + r) * gates + c] : 0;
            if (s > 0) {
                #pragma unroll 8
                for (int k = 0; k < units; k++) {
                    float w = turned[k * gates + c];
                    for (int r = 0; r < R; r++) sum[r] += before[r][k] * w;
                }
            }
            for (int r = 0; r < R; r++) {
                sums[r][c] = sum[r];
                if (cell && first + r < batch) z[(row + r) * gates + c] = sum[r];
            }
        }
        __syncthreads();
        for (int i = threadIdx.x; i < R * units; i += blockDim.x) {
            int r = i / units;
            int u = i % units;
            float c = act(gate, gate_alpha, sums[r][3 * units + u]) * act(kind, alpha, sums[r][u]);
            if (s > 0) c += act(gate, gate_alpha, sums[r][units + u]) * states[r][u];
            float out = act(gate, gate_alpha, sums[r][2 * units + u]) * act(kind, alpha, c);
            states[r][u] = c;
            before[r][u] = out;
            if (first + r >= batch) continue;
            if (cell) cell[(row + r) * units + u] = c;
            h[(row + r) * units + u] = out;
        }
        __syncthreads();
    }
}

extern "C" __global__ void lstm_all(float* z, const float* turned, float* cell, float* h, LSTM_SHAPE) {
    switch (rows) {
        case 1: lstm_rows<1>(z, turned, cell, h, LSTM_GIVEN); break;
        case 2: lstm_rows<2>(z, turned, cell, h, LSTM_GIVEN); break;
        default: lstm_rows<4>(z, turned, cell, h, LSTM_GIVEN);
    }
}

// The sums become their gradients; g is the output's. The products with the recurrent weights are made in parts, which are added in order.
template<int R> static __device__ void lstm_rows_back(float* z, const float* recurrent, const float* cell, const float* g, LSTM_SHAPE) {
    __shared__ float errors[R][4 * MOST_UNITS];
    __shared__ float carried[R][MOST_UNITS];
    __shared__ float products[MOST_PARTS][R][MOST_UNITS];
    int first = blockIdx.x * R;
    int gates = 4 * units;
    int parts = (int) blockDim.x / units;
    parts = parts < 1 ? 1 : parts > MOST_PARTS ? MOST_PARTS : parts;
    for (int s = steps - 1; s >= 0; s--) {
        int last = s == steps - 1;
        unsigned row = (backward ? steps - 1 - s : s) * batch + first;
        unsigned row_before = (backward ? steps - s : s - 1) * batch + first;
        if (!last) {
            for (int i = threadIdx.x; i < parts * units; i += blockDim.x) {
                int part = i / units;
                int u = i % units;
                float sum[R];
                for (int r = 0; r < R; r++) sum[r] = 0;
                #pragma unroll 8
                for (int c = gates * part / parts; c < gates * (part + 1) / parts; c++) {
                    float w = recurrent[c * units + u];
                    for (int r = 0; r < R; r++) sum[r] += errors[r][c] * w;
                }
                for (int r = 0; r < R; r++) products[part][r][u] = sum[r];
            }
            __syncthreads();
        }
        for (int i = threadIdx.x; i < R * units; i += blockDim.x) {
            int r = i / units;
            int u = i % units;
            float* sums = z + (row + r) * gates + u;
            float to[4] = {0, 0, 0, 0};
            if (first + r < batch) {
                float dh = g[(row + r) * units + u];
                if (!last) for (int part = 0; part < parts; part++) dh += products[part][r][u];
                float zc = sums[0], zf = sums[units], zo = sums[2 * units], zi = sums[3 * units];
                float c = cell[(row + r) * units + u];
                float error = dh * act(gate, gate_alpha, zo) * slope_at(kind, alpha, c);
                if (!last) error += carried[r][u];
                carried[r][u] = error * act(gate, gate_alpha, zf);
                to[0] = error * act(gate, gate_alpha, zi) * slope_at(kind, alpha, zc);
                to[1] = s > 0 ? error * cell[(row_before + r) * units + u] * slope_at(gate, gate_alpha, zf) : 0;
                to[2] = dh * act(kind, alpha, c) * slope_at(gate, gate_alpha, zo);
                to[3] = error * act(kind, alpha, zc) * slope_at(gate, gate_alpha, zi);
                for (int k = 0; k < 4; k++) sums[k * units] = to[k];
            }
            for (int k = 0; k < 4; k++) errors[r][k * units + u] = to[k];
        }
        __syncthreads();
    }
}

extern "C" __global__ void lstm_all_back(float* z, const float* recurrent, const float* cell, const float* g, LSTM_SHAPE) {
    switch (rows) {
        case 1: lstm_rows_back<1>(z, recurrent, cell, g, LSTM_GIVEN); break;
        case 2: lstm_rows_back<2>(z, recurrent, cell, g, LSTM_GIVEN); break;
        default: lstm_rows_back<4>(z, recurrent, cell, g, LSTM_GIVEN);
    }
}

// From gradient to parameters. Rates are read from memory.

extern "C" __global__ void subtract(float* p, const float* g, long long n) {
    FOR_EACH(i, n) p[i] -= g[i];
}

extern "C" __global__ void sgd(float* p, const float* g, long long n, const float* rate) {
    FOR_EACH(i, n) p[i] -= rate[0] * g[i];
}

extern "C" __global__ void nesterovs(float* p, const float* g, float* state, long long n, const float* rate) {
    float mu = rate[1];
    FOR_EACH(i, n) {
        float before = state[i];
        float v = mu * before - rate[0] * g[i];
        state[i] = v;
        p[i] -= mu * before - (1 + mu) * v;
    }
}

extern "C" __global__ void adam(float* p, const float* g, float* m, float* v, long long n, const float* rate, float beta1, float rest1, float beta2, float rest2, float epsilon) {
    FOR_EACH(i, n) {
        float a = beta1 * m[i] + rest1 * g[i];
        float b = beta2 * v[i] + rest2 * g[i] * g[i];
        m[i] = a;
        v[i] = b;
        p[i] -= rate[0] * a / (sqrtf(b) + epsilon);
    }
}

extern "C" __global__ void rmsprop(float* p, const float* g, float* state, long long n, const float* rate, float decay, float rest, float epsilon) {
    FOR_EACH(i, n) {
        float c = decay * state[i] + rest * g[i] * g[i];
        state[i] = c;
        p[i] -= rate[0] * g[i] / (sqrtf(c) + epsilon);
    }
}

extern "C" __global__ void adagrad(float* p, const float* g, float* state, long long n, const float* rate, float epsilon) {
    FOR_EACH(i, n) {
        float h = state[i] + g[i] * g[i];
        state[i] = h;
        p[i] -= rate[0] * g[i] / (sqrtf(h) + epsilon);
    }
}

// In the order of UpdatePlan.PenaltyKind.
enum { PENALTY_L1, PENALTY_L2, PENALTY_DECAY };

// Decay changes the parameter at once, which is the same as doing so after the updater.
extern "C" __global__ void penalise(float* p, float* g, long long n, const float* coefficient, int kind) {
    float c = *coefficient;
    FOR_EACH(i, n) {
        if (kind == PENALTY_DECAY) p[i] -= c * p[i];
        else if (kind == PENALTY_L2) g[i] += c * p[i];
        else if (p[i] != 0) g[i] += copysignf(c, p[i]);
    }
}

// Sum of squares, or of magnitudes, of each chunk; one block a chunk.
extern "C" __global__ void norms(const float* x, long long n, double* to, int chunks, int magnitudes) {
    long long end = n * (blockIdx.x + 1) / chunks;
    double sum = 0;
    for (long long i = n * blockIdx.x / chunks + threadIdx.x; i < end; i += blockDim.x) sum += magnitudes ? fabsf(x[i]) : x[i] * x[i];
    sum = block_sum(sum);
    if (threadIdx.x == 0) to[blockIdx.x] = sum;
}

// In the order of UpdatePlan.ClipKind.
enum { RENORMALIZE, CLIP_VALUE, CLIP_NORM };

// What to multiply by, from the parts of a sum of squares.
extern "C" __global__ void clip_factor(const double* parts, int n, const float* threshold, float* factor, int kind) {
    if (blockIdx.x > 0 || threadIdx.x > 0) return;
    double squares = 0;
    for (int i = 0; i < n; i++) squares += parts[i];
    double norm = sqrt(squares);
    *factor = (float) (kind == RENORMALIZE ? 1 / (norm == 0 ? 1e-5 : norm) : norm > *threshold ? *threshold / norm : 1);
}

extern "C" __global__ void scale_by(float* x, long long n, const float* factor) {
    float f = *factor;
    if (f != 1) FOR_EACH(i, n) x[i] *= f;
}

extern "C" __global__ void clip_values(float* x, long long n, float limit) {
    FOR_EACH(i, n) x[i] = within(x[i], -limit, limit);
}
