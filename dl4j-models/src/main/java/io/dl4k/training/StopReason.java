package io.dl4k.training;

/** Why a training ended. */
public enum StopReason {
    /** All epochs of the plan were trained. */
    COMPLETED,
    /** The watched value did not improve for as many epochs as the plan's patience. */
    EARLY_STOPPING,
    /** The plan's budget of time was spent. */
    BUDGET,
    /** The training's thread was interrupted; its interrupt flag is still set. */
    INTERRUPTED
}
