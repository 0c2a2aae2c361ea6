package io.dl4k.benchmarks.step;

/** Who computes. Named as on the command line. */
public enum Implementation {
    /** Deeplearning4j M2.1 as its users write it today. */
    stock {
        @Override
        Contender prepare(Network network, int batch) {
            return new StockContender(network, batch);
        }
    },
    /** The accelerated executor. */
    dl4k {
        @Override
        Contender prepare(Network network, int batch) {
            return new AcceleratedContender(network, batch);
        }
    },
    /** Deep Java Library with PyTorch. */
    djl {
        @Override
        Contender prepare(Network network, int batch) {
            return new DjlContender(network, batch);
        }
    };

    /** Builds the network from its seed, with a batch of this many rows. ND4J is active. */
    abstract Contender prepare(Network network, int batch);
}
