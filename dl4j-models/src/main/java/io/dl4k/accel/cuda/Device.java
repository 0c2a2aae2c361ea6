package io.dl4k.accel.cuda;

import io.dl4k.accel.program.Window;

/** What the executor needs of a GPU. Everything asked for happens some time later, in the order it was asked within its queue; {@link #synchronize} waits.
 *  Addresses are the device's unless called the host's. Every method throws {@link CudaException} where the driver or a library reports an error. */
interface Device extends AutoCloseable {
    /** How many cells or items a kernel is started for, see {@code kernels.cu}. */
    record Grid(Kind kind, long x, int y) {
        /** ELEMENTS: strides over x cells. BLOCKS: x blocks. COLUMNS: x columns, y chunks of rows. */
        enum Kind { ELEMENTS, BLOCKS, COLUMNS }

        static Grid elements(long n) {
            return new Grid(Kind.ELEMENTS, n, 1);
        }

        static Grid blocks(long n) {
            return new Grid(Kind.BLOCKS, n, 1);
        }

        static Grid columns(long columns, int chunks) {
            return new Grid(Kind.COLUMNS, columns, chunks);
        }
    }

    /** Work of the two goes on beside each other. What names no queue goes to MAIN. */
    enum Queue { MAIN, ASIDE }

    /** A place in a queue's work, reached when all before it is done; as if reached before it is set for the first time. */
    interface Mark extends AutoCloseable {
        @Override void close();
    }

    /** Something to do again and again, with fixed arguments. */
    interface Call extends AutoCloseable {
        void run();

        @Override default void close() { }
    }

    /** A place in the order of what is asked for, and the time at which the device came by. */
    interface Watch extends AutoCloseable {
        void set();

        /** Between two that were waited for. */
        double millisecondsSince(Watch earlier);

        @Override void close();
    }

    /** {@code C = op(A) op(B)}, column by column as BLAS has it: C is m x n, the common size k; {@code add} adds it to C.
     *
     *  @param bias added to each column, m cells, or 0  @param relu whether negatives become 0 */
    record Product(boolean transposeA, boolean transposeB, int m, int n, int k, long a, int lda, long b, int ldb, long c, int ldc, boolean add, long bias, boolean relu) { }

    /** Which of a convolution's three products. */
    enum Pass { FORWARD, DATA, WEIGHTS }

    /** Cross-correlation of images [batch, in, h, w] with weights [out, in, rows, columns]; the window's padding is the same on both sides.
     *
     *  @param halves whether all three arrays are of bf16 */
    record Convolution(int batch, int in, int h, int w, int out, int toH, int toW, Window window, boolean halves) {
        Convolution ofHalves() {
            return new Convolution(batch, in, h, w, out, toH, toW, window, true);
        }
    }

    /** For people. */
    String name();

    /** Memory that holds anything.
     *
     *  @throws OutOfDeviceMemory if there is not so much */
    long allocate(long bytes);

    void free(long address);

    /** The host's memory in a place from which copies are fast. */
    long pin(long bytes);

    void unpin(long host);

    void upload(long to, long host, long bytes);

    /** The same in ASIDE. */
    void uploadAside(long to, long host, long bytes);

    void download(long host, long from, long bytes);

    void copy(long to, long from, long bytes);

    void zero(long at, long bytes);

    Mark mark();

    /** Sets the mark behind what the queue has been asked for. */
    void set(Queue queue, Mark mark);

    /** Lets the queue go on only when the mark, as it is set now, is reached. */
    void follow(Queue queue, Mark mark);

    /** Waits until the mark, as it is set now, is reached. */
    void await(Mark mark);

    /** Waits until all is done. */
    void synchronize();

    Watch watch();

    /** An own kernel.
     *
     *  @param arguments Long (addresses too), Integer, Float or Double, as the kernel has them */
    Call kernel(String name, Grid grid, Object... arguments);

    Call product(Product product);

    /** Whether this device makes a convolution of bf16, and is to. */
    boolean convolvesHalves(Pass pass, Convolution shape);

    /** @param x images  @param w weights  @param y result; of these the one that the pass gives is written */
    Call convolution(Pass pass, Convolution shape, long x, long w, long y);

    /** Records what these calls do, without doing it. */
    Call record(Runnable calls);

    @Override void close();
}
