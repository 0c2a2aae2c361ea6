/**
 * What the machine has, which way of computing fits it, and switching ND4J to that before its first class loads.
 *
 * <p>Four steps, each its own type: {@link io.dl4k.hardware.Probe} looks at the machine, {@link io.dl4k.hardware.ProfileChooser}
 * decides (pure), {@link io.dl4k.hardware.Backend} activates, {@link io.dl4k.hardware.DeviceReport} tells people.
 * <pre>{@code
 * Machine machine = Probe.thisMachine();
 * ProfileChoice choice = ProfileChooser.choose(machine, DeviceRequest.parse("auto"), OptionalInt.empty());
 * LoadedBackend loaded = Backend.activate(choice.profile());
 * }</pre>
 *
 * <p>Memory is in bytes everywhere; 0 means unknown. {@link io.dl4k.hardware.MemoryLimits} divides what the process may use, {@link io.dl4k.hardware.OffHeap} keeps
 * what is outside Java's heap to its part, {@link io.dl4k.hardware.MemoryNeed} says what would not fit. GPUs are found through the driver's own tool, {@code nvidia-smi}, so a machine
 * without any CUDA library can be asked. Where they can run, {@code auto} takes the executor on CUDA 13
 * before ND4J's CUDA backend before the processor; a build carries one of the first two, see {@link io.dl4k.hardware.GpuSupport}.
 *
 * <p>Knows nothing of networks, files of competitions or the command line.
 */
package io.dl4k.hardware;
