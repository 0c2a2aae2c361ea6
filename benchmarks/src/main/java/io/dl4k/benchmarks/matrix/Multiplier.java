package io.dl4k.benchmarks.matrix;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.dl4k.benchmarks.PyTorch;
import io.dl4k.hardware.LoadedBackend;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.openblas.global.openblas;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** One product of two matrices, by one library. Public for JMH, which wants to see the kinds. */
public abstract class Multiplier implements AutoCloseable {
    /** Who multiplies. Named as on the command line. */
    public enum Kind {
        /** ND4J's {@code a.mmul(b)}, which makes an f-ordered result each time. */
        stock {
            @Override
            Multiplier prepare(LoadedBackend nd4j, MatrixShape shape) {
                return new OfNd4j(shape, null);
            }
        },
        /** ND4J's op {@code matmul} into one c-ordered result. */
        into {
            @Override
            Multiplier prepare(LoadedBackend nd4j, MatrixShape shape) {
                return new OfNd4j(shape, Nd4j.createUninitialized(DataType.FLOAT, new long[] {shape.rows(), shape.columns()}, 'c'));
            }
        },
        /** oneDNN's product, prepared once, as the accelerated executor calls it. */
        dl4k {
            @Override
            Multiplier prepare(LoadedBackend nd4j, MatrixShape shape) {
                return new OneDnnMultiplier(shape);
            }
        },
        /** OpenBLAS without ND4J around it. */
        cblas {
            @Override
            Multiplier prepare(LoadedBackend nd4j, MatrixShape shape) {
                return new OfCblas(shape);
            }
        },
        /** PyTorch, which makes a result each time. */
        djl {
            @Override
            Multiplier prepare(LoadedBackend nd4j, MatrixShape shape) {
                return new OfDjl(PyTorch.load(nd4j), shape);
            }
        };

        abstract Multiplier prepare(LoadedBackend nd4j, MatrixShape shape);
    }

    Multiplier() {
    }

    /** Computes; the result stays valid until the next call. */
    abstract Object multiply();

    /** The last value of a product. */
    abstract float lastValue();

    @Override
    public abstract void close();

    private static final class OfNd4j extends Multiplier {
        private final INDArray a;
        private final INDArray b;
        private final INDArray into;

        OfNd4j(MatrixShape shape, INDArray into) {
            a = Nd4j.create(shape.left(), new long[] {shape.rows(), shape.inner()}, 'c');
            b = Nd4j.create(shape.right(), new long[] {shape.inner(), shape.columns()}, 'c');
            this.into = into;
        }

        @Override
        INDArray multiply() {
            return into == null ? a.mmul(b) : Nd4j.matmul(a, b, into);
        }

        @Override
        float lastValue() {
            INDArray product = multiply();
            return product.getFloat(product.rows() - 1, product.columns() - 1);
        }

        @Override
        public void close() {
            a.close();
            b.close();
            if (into != null) into.close();
        }
    }

    private static final class OfCblas extends Multiplier {
        private final MatrixShape shape;
        private final FloatPointer a;
        private final FloatPointer b;
        private final FloatPointer c;

        OfCblas(MatrixShape shape) {
            this.shape = shape;
            a = new FloatPointer(shape.left());
            b = new FloatPointer(shape.right());
            c = new FloatPointer((long) shape.rows() * shape.columns());
        }

        @Override
        FloatPointer multiply() {
            openblas.cblas_sgemm(openblas.CblasRowMajor, openblas.CblasNoTrans, openblas.CblasNoTrans, shape.rows(), shape.columns(), shape.inner(),
                1, a, shape.inner(), b, shape.columns(), 0, c, shape.columns());
            return c;
        }

        @Override
        float lastValue() {
            return multiply().get((long) shape.rows() * shape.columns() - 1);
        }

        @Override
        public void close() {
            a.close();
            b.close();
            c.close();
        }
    }

    private static final class OfDjl extends Multiplier {
        private final NDManager arrays;
        private final NDArray a;
        private final NDArray b;
        private NDArray product;

        OfDjl(NDManager arrays, MatrixShape shape) {
            this.arrays = arrays;
            a = arrays.create(shape.left(), new Shape(shape.rows(), shape.inner()));
            b = arrays.create(shape.right(), new Shape(shape.inner(), shape.columns()));
        }

        @Override
        NDArray multiply() {
            if (product != null) product.close();
            product = a.matMul(b);
            return product;
        }

        @Override
        float lastValue() {
            float[] all = multiply().toFloatArray();
            return all[all.length - 1];
        }

        @Override
        public void close() {
            arrays.close();
        }
    }
}
