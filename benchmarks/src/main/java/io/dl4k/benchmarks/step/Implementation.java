package io.dl4k.benchmarks.step;

import io.dl4k.accel.check.Network;
import io.dl4k.hardware.Backend;
import io.dl4k.hardware.Profile;

/** Who computes. Named as on the command line. */
public enum Implementation {
    /** Deeplearning4j M2.1 as its users write it today. */
    stock {
        @Override
        Contender prepare(Network network, int batch) {
            return new StockContender(network, batch, false);
        }
    },
    /** The accelerated executor; with ND4J's CUDA backend stock layers on ND4J's ops. */
    dl4k {
        @Override
        Contender prepare(Network network, int batch) {
            boolean cuda = Backend.active().filter(active -> active.profile() instanceof Profile.Cuda).isPresent();
            return cuda ? new StockContender(network, batch, true) : new AcceleratedContender(network, batch);
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
