package io.dl4k.accel.cuda;

import static org.bytedeco.cuda.global.cublas.cublasLtGetVersion;
import static org.bytedeco.cuda.global.cudart.cudaDriverGetVersion;
import static org.bytedeco.cuda.global.cudart.cudaRuntimeGetVersion;
import static org.bytedeco.cuda.global.cudnn.cudnnGetVersion;
import static org.bytedeco.cuda.global.nvrtc.nvrtcVersion;

/** NVIDIA's libraries as they are loaded into this process, each by its own numbering.
 *
 *  @param driver the newest CUDA that the driver serves, {@code 13.0}
 *  @param runtime {@code 13.0}  @param cublasLt {@code 130100}  @param cudnn {@code 91900}  @param nvrtc {@code 13.0} */
public record CudaVersions(String driver, String runtime, long cublasLt, long cudnn, String nvrtc) {
    /** Loads what is not loaded yet.
     *
     *  @throws LinkageError if a library is not there */
    public static CudaVersions loaded() {
        int[] driver = new int[1];
        int[] runtime = new int[1];
        int[] major = new int[1];
        int[] minor = new int[1];
        cudaDriverGetVersion(driver);
        cudaRuntimeGetVersion(runtime);
        nvrtcVersion(major, minor);
        return new CudaVersions(text(driver[0]), text(runtime[0]), cublasLtGetVersion(), cudnnGetVersion(), major[0] + "." + minor[0]);
    }

    private static String text(int version) {
        return version / 1000 + "." + version % 1000 / 10;
    }
}
