package io.dl4k.accel.cuda;

/** An error that a CUDA library or the driver reported. The device cannot be relied on afterwards. */
public final class CudaException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** Library that reported an error. */
    public enum Library { CUDA, CUBLAS, CUDNN, NVRTC }

    private final Library library;
    private final int code;

    CudaException(Library library, int code, String name, String what) {
        super(what + ": " + library + " reports " + name + " (" + code + ")");
        this.library = library;
        this.code = code;
    }

    /** Who reported it. */
    public Library library() {
        return library;
    }

    /** Its number there. */
    public int code() {
        return code;
    }
}
