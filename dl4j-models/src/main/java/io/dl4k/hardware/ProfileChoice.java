package io.dl4k.hardware;

import java.util.List;
import java.util.Objects;

/**
 * A decision and its reasons.
 *
 * @param profile what to run on
 * @param why     one line, no full stop: {@code the CPU has AVX-512}
 * @param others  every other candidate, GPUs first, and why it does not run
 */
public record ProfileChoice(Profile profile, String why, List<Rejected> others) {
    /**
     * A candidate that was not chosen.
     *
     * @param name   {@code cuda:0 (NVIDIA H100 80GB HBM3)}, {@code cpu (generic)}
     * @param reason why not, no full stop
     */
    public record Rejected(String name, String reason) {
        public Rejected {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(reason, "reason");
        }
    }

    public ProfileChoice {
        Objects.requireNonNull(profile, "profile");
        Objects.requireNonNull(why, "why");
        others = List.copyOf(others);
    }
}
