package io.dl4k.accel.program;

import java.util.List;

/** From gradient to parameters, in this order: the bound on the whole gradient, clipping by slices, penalties, updater, weight decay, subtraction.
 *
 *  @param gradients runs of true gradients, without the statistics that travel among them
 *  @param clips slices of the gradient to clip or rescale
 *  @param penalties slices of the parameters with L1, L2 or weight decay
 *  @param blocks slices with one updater each, covering every parameter that is trained
 *  @param noises weights that are disturbed while a step computes its gradient */
public record UpdatePlan(List<Run> gradients, List<Clip> clips, List<Penalty> penalties, List<Block> blocks, List<Noise> noises) {
    public UpdatePlan {
        gradients = List.copyOf(gradients);
        clips = List.copyOf(clips);
        penalties = List.copyOf(penalties);
        blocks = List.copyOf(blocks);
        noises = List.copyOf(noises);
    }

    /** A run of cells of the flat vectors. */
    public record Run(long offset, long length) { }

    /** Normal noise for one parameter, drawn anew for each step.
     *
     *  @param additive whether it is added to the weights, else they are multiplied by it */
    public record Noise(Param param, double mean, double deviation, boolean additive) { }

    /** RENORMALIZE divides by the L2 norm (1e-5 where that is 0), CLIP_VALUE cuts to the threshold on both sides, CLIP_NORM scales
     *  down to the threshold. */
    public enum ClipKind { RENORMALIZE, CLIP_VALUE, CLIP_NORM }

    /** One slice to clip, as one vector. */
    public record Clip(long offset, long length, ClipKind kind, double threshold) { }

    /** L1 adds {@code c sign(p)} to the gradient, L2 {@code c p}; DECAY adds {@code c p}, or {@code c lr p}, to the update. */
    public enum PenaltyKind { L1, L2, DECAY }

    /** One parameter's penalty.
     *
     *  @param rate learning rate to multiply DECAY with, or null for none */
    public record Penalty(Param param, PenaltyKind kind, Rate coefficient, Rate rate) { }

    /** A run of parameters with one updater.
     *
     *  @param state first element of its state in the state vector, -1 when it has none */
    public record Block(long offset, long length, long state, UpdaterSpec updater) { }
}
