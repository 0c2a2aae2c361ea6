package io.dl4k.hardware;

import java.util.Objects;

/**
 * What is really loaded, asked of ND4J itself and not of the profile.
 *
 * @param profile     what was activated
 * @param classifier  the native library's build, {@code linux-x86_64-onednn-avx512}
 * @param blas        who makes the matrix multiplication, {@code OPENBLAS}
 * @param oneDnn      whether the native library was built with oneDNN
 * @param threads     OpenMP threads of the thread that activated
 * @param blasThreads threads of the BLAS
 */
public record LoadedBackend(Profile profile, String classifier, String blas, boolean oneDnn, int threads, int blasThreads) {
    public LoadedBackend {
        Objects.requireNonNull(profile, "profile");
        Objects.requireNonNull(classifier, "classifier");
        Objects.requireNonNull(blas, "blas");
    }
}
