package io.dl4k.hardware;

import java.util.Objects;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the user asked for. Grammar: {@code auto | cpu | cuda[:N]}, lower case, {@code N} the driver's number of a GPU from 0 to 999.
 *
 * @param kind which kind of device
 * @param gpu  the GPU asked for by number; only with {@link Kind#CUDA}
 * @param most how many GPUs to use together if there are so many that can run, at least 1; no part of the text
 */
public record DeviceRequest(Kind kind, OptionalInt gpu, int most) {
    /** The kinds of device that can be asked for. */
    public enum Kind {
        /** The best that can run. */
        AUTO,
        /** The processor, whatever else is there. */
        CPU,
        /** An NVIDIA GPU, or an error. */
        CUDA
    }

    /** The default. */
    public static final DeviceRequest AUTO = new DeviceRequest(Kind.AUTO, OptionalInt.empty(), 1);
    /** The processor. */
    public static final DeviceRequest CPU = new DeviceRequest(Kind.CPU, OptionalInt.empty(), 1);

    private static final Pattern CUDA = Pattern.compile("cuda(?::(\\d{1,3}))?");

    /** @throws IllegalArgumentException if a GPU number is given for another kind than CUDA, or is negative, or no GPU is to be used */
    public DeviceRequest {
        Objects.requireNonNull(kind, "kind");
        if (gpu.isPresent() && kind != Kind.CUDA) throw new IllegalArgumentException("only cuda takes a GPU number, got " + gpu.getAsInt());
        if (gpu.isPresent() && gpu.getAsInt() < 0) throw new IllegalArgumentException("gpu must not be negative, got " + gpu.getAsInt());
        if (most < 1) throw new IllegalArgumentException("most must be at least 1, got " + most);
    }

    /** The same for so many GPUs at most. */
    public DeviceRequest withMost(int gpus) {
        return new DeviceRequest(kind, gpu, gpus);
    }

    /**
     * Reads the text form.
     *
     * @throws IllegalArgumentException if the text is not of the grammar; the message repeats it
     */
    public static DeviceRequest parse(String text) {
        if (text.equals("auto")) return AUTO;
        if (text.equals("cpu")) return CPU;
        Matcher cuda = CUDA.matcher(text);
        if (!cuda.matches()) {
            throw new IllegalArgumentException("device '" + text + "' is not known: expected auto, cpu, cuda or cuda:N with N the number of a GPU from 0");
        }
        String number = cuda.group(1);
        return new DeviceRequest(Kind.CUDA, number == null ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(number)), 1);
    }

    /** The text form, which {@link #parse} reads back. */
    @Override
    public String toString() {
        return switch (kind) {
            case AUTO -> "auto";
            case CPU -> "cpu";
            case CUDA -> gpu.isPresent() ? "cuda:" + gpu.getAsInt() : "cuda";
        };
    }
}
