package io.dl4k.accel.cuda;

import static org.bytedeco.cuda.global.cudnn.*;

import io.dl4k.accel.program.Window;
import java.util.Set;
import org.bytedeco.cuda.cudnn.cudnnContext;
import org.bytedeco.cuda.cudnn.cudnnConvolutionBwdDataAlgoPerf_t;
import org.bytedeco.cuda.cudnn.cudnnConvolutionBwdFilterAlgoPerf_t;
import org.bytedeco.cuda.cudnn.cudnnConvolutionFwdAlgoPerf_t;
import org.bytedeco.cuda.cudnn.cudnnConvolutionStruct;
import org.bytedeco.cuda.cudnn.cudnnFilterStruct;
import org.bytedeco.cuda.cudnn.cudnnTensorStruct;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/** A convolution by cuDNN's first interface. NVIDIA deprecates it in favour of graphs of its own, and still has all of it in cuDNN 9. */
@SuppressWarnings("deprecation")
final class CudnnConvolution implements Device.Call {
    /** What all convolutions of a device share. */
    record Library(cudnnContext handle, Pointer workspace, long bytes) { }

    private static final FloatPointer ONE = new FloatPointer(1f);
    private static final FloatPointer ZERO = new FloatPointer(0f);

    private final Library library;
    private final Device.Pass pass;
    private final cudnnTensorStruct images = new cudnnTensorStruct();
    private final cudnnTensorStruct results = new cudnnTensorStruct();
    private final cudnnFilterStruct filter = new cudnnFilterStruct();
    private final cudnnConvolutionStruct convolution = new cudnnConvolutionStruct();
    private final Host.Bytes x = new Host.Bytes();
    private final Host.Bytes w = new Host.Bytes();
    private final Host.Bytes y = new Host.Bytes();
    /** Kinds of arithmetic that an algorithm may have. */
    private final Set<Integer> arithmetic;
    private final int algorithm;

    /** Null if no algorithm will do.
     *
     *  @param rounding whether factors of float32 may be rounded to TF32 */
    static CudnnConvolution of(Library library, Device.Pass pass, Device.Convolution s, boolean rounding, long x, long w, long y) {
        CudnnConvolution made = new CudnnConvolution(library, pass, s, rounding, x, w, y);
        if (made.algorithm >= 0) return made;
        made.close();
        return null;
    }

    private CudnnConvolution(Library library, Device.Pass pass, Device.Convolution s, boolean rounding, long x, long w, long y) {
        this.library = library;
        this.pass = pass;
        this.x.at(x);
        this.w.at(w);
        this.y.at(y);
        Window k = s.window();
        // With the default, float32 may become TF32; of bf16 there is no other.
        int math = rounding || s.halves() ? CUDNN_DEFAULT_MATH : CUDNN_FMA_MATH;
        int type = s.halves() ? CUDNN_DATA_BFLOAT16 : CUDNN_DATA_FLOAT;
        arithmetic = math == CUDNN_FMA_MATH ? Set.of(CUDNN_FMA_MATH, CUDNN_DEFAULT_MATH) : Set.of(CUDNN_FMA_MATH, CUDNN_DEFAULT_MATH, CUDNN_TENSOR_OP_MATH);
        String what = "describe a convolution";
        check(cudnnCreateTensorDescriptor(images), what);
        check(cudnnCreateTensorDescriptor(results), what);
        check(cudnnCreateFilterDescriptor(filter), what);
        check(cudnnCreateConvolutionDescriptor(convolution), what);
        check(cudnnSetTensor4dDescriptor(images, CUDNN_TENSOR_NCHW, type, s.batch(), s.in(), s.h(), s.w()), what);
        check(cudnnSetTensor4dDescriptor(results, CUDNN_TENSOR_NCHW, type, s.batch(), s.out(), s.toH(), s.toW()), what);
        check(cudnnSetFilter4dDescriptor(filter, type, CUDNN_TENSOR_NCHW, s.out(), s.in(), k.kernelH(), k.kernelW()), what);
        check(cudnnSetConvolution2dDescriptor(convolution, k.top(), k.left(), k.strideH(), k.strideW(), k.dilationH(), k.dilationW(), CUDNN_CROSS_CORRELATION, CUDNN_DATA_FLOAT), what);
        check(cudnnSetConvolutionMathType(convolution, math), what);
        algorithm = switch (pass) {
            case FORWARD -> forward();
            case DATA -> data();
            case WEIGHTS -> weights();
        };
    }

    /** The kind of arithmetic is the descriptor's, if an algorithm does not need another. */
    private boolean fits(int status, int determinism, long memory, int math) {
        return status == CUDNN_STATUS_SUCCESS && determinism == CUDNN_DETERMINISTIC && memory <= library.bytes() && arithmetic.contains(math);
    }

    private int forward() {
        int[] n = new int[1];
        check(cudnnGetConvolutionForwardAlgorithmMaxCount(library.handle(), n), "count algorithms");
        try (cudnnConvolutionFwdAlgoPerf_t found = new cudnnConvolutionFwdAlgoPerf_t(n[0])) {
            check(cudnnGetConvolutionForwardAlgorithm_v7(library.handle(), images, filter, convolution, results, n[0], n, found), "choose an algorithm");
            for (int i = 0; i < n[0]; i++) {
                cudnnConvolutionFwdAlgoPerf_t each = found.getPointer(i);
                if (fits(each.status(), each.determinism(), each.memory(), each.mathType())) return each.algo();
            }
        }
        return -1;
    }

    private int data() {
        int[] n = new int[1];
        check(cudnnGetConvolutionBackwardDataAlgorithmMaxCount(library.handle(), n), "count algorithms");
        try (cudnnConvolutionBwdDataAlgoPerf_t found = new cudnnConvolutionBwdDataAlgoPerf_t(n[0])) {
            check(cudnnGetConvolutionBackwardDataAlgorithm_v7(library.handle(), filter, results, convolution, images, n[0], n, found), "choose an algorithm");
            for (int i = 0; i < n[0]; i++) {
                cudnnConvolutionBwdDataAlgoPerf_t each = found.getPointer(i);
                if (fits(each.status(), each.determinism(), each.memory(), each.mathType())) return each.algo();
            }
        }
        return -1;
    }

    private int weights() {
        int[] n = new int[1];
        check(cudnnGetConvolutionBackwardFilterAlgorithmMaxCount(library.handle(), n), "count algorithms");
        try (cudnnConvolutionBwdFilterAlgoPerf_t found = new cudnnConvolutionBwdFilterAlgoPerf_t(n[0])) {
            check(cudnnGetConvolutionBackwardFilterAlgorithm_v7(library.handle(), images, results, convolution, filter, n[0], n, found), "choose an algorithm");
            for (int i = 0; i < n[0]; i++) {
                cudnnConvolutionBwdFilterAlgoPerf_t each = found.getPointer(i);
                if (fits(each.status(), each.determinism(), each.memory(), each.mathType())) return each.algo();
            }
        }
        return -1;
    }

    @Override public void run() {
        int status = switch (pass) {
            case FORWARD -> cudnnConvolutionForward(library.handle(), ONE, images, x, filter, w, convolution, algorithm, library.workspace(), library.bytes(), ZERO, results, y);
            case DATA -> cudnnConvolutionBackwardData(library.handle(), ONE, filter, w, results, y, convolution, algorithm, library.workspace(), library.bytes(), ZERO, images, x);
            case WEIGHTS -> cudnnConvolutionBackwardFilter(library.handle(), ONE, images, x, results, y, convolution, algorithm, library.workspace(), library.bytes(), ZERO, filter, w);
        };
        if (status != CUDNN_STATUS_SUCCESS) check(status, "convolution, " + pass);
    }

    @Override public void close() {
        cudnnDestroyConvolutionDescriptor(convolution);
        cudnnDestroyFilterDescriptor(filter);
        cudnnDestroyTensorDescriptor(results);
        cudnnDestroyTensorDescriptor(images);
    }

    static void check(int status, String what) {
        if (status != CUDNN_STATUS_SUCCESS) throw new CudaException(CudaException.Library.CUDNN, status, cudnnGetErrorString(status).getString(), what);
    }
}
