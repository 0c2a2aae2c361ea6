package io.dl4k.hardware;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * What Linux control groups leave to this process: the tightest limit on the way from its own group up to the root, of version 1, of
 * version 2 and of both mounted side by side. Pure: files come through a function.
 *
 * @param memory bytes; empty: no limit
 * @param cpus   share of processors, 1.5 is one and a half; empty: no limit
 */
record ResourceLimits(OptionalLong memory, OptionalDouble cpus) {
    static final ResourceLimits NONE = new ResourceLimits(OptionalLong.empty(), OptionalDouble.empty());

    /** Version 1 writes "no limit" as the largest multiple of the page size; nobody owns an exbibyte. */
    private static final long NO_LIMIT = 1L << 60;

    private static final String MOUNT = "/sys/fs/cgroup";

    /**
     * @param membership the text of {@code /proc/self/cgroup}
     * @param files      absolute path to text; empty if there is no such file. In a container the group's path is often the host's and
     *                   does not exist inside, while the mount point itself is the container's group: so every level up is asked
     */
    static ResourceLimits read(String membership, Function<String, Optional<String>> files) {
        OptionalLong memory = OptionalLong.empty();
        OptionalDouble cpus = OptionalDouble.empty();
        for (String line : membership.split("\n")) {
            String[] parts = line.strip().split(":", 3);
            if (parts.length < 3) continue;
            List<String> controllers = List.of(parts[1].split(","));
            if (parts[1].isEmpty()) {
                for (String folder : upwards(MOUNT, parts[2])) {
                    memory = smaller(memory, bytes(files.apply(folder + "/memory.max")));
                    cpus = smaller(cpus, quotaV2(files.apply(folder + "/cpu.max")));
                }
            }
            if (controllers.contains("memory")) {
                for (String folder : upwards(MOUNT + "/memory", parts[2])) {
                    memory = smaller(memory, bytes(files.apply(folder + "/memory.limit_in_bytes")));
                }
            }
            if (controllers.contains("cpu")) {
                for (String mount : List.of(MOUNT + "/cpu", MOUNT + "/" + parts[1])) {
                    for (String folder : upwards(mount, parts[2])) {
                        cpus = smaller(cpus, quotaV1(files.apply(folder + "/cpu.cfs_quota_us"), files.apply(folder + "/cpu.cfs_period_us")));
                    }
                }
            }
        }
        return new ResourceLimits(memory, cpus);
    }

    private static List<String> upwards(String mount, String group) {
        List<String> folders = new ArrayList<>();
        String path = group;
        while (!path.isEmpty() && !path.equals("/")) {
            folders.add(mount + path);
            path = path.substring(0, Math.max(0, path.lastIndexOf('/')));
        }
        folders.add(mount);
        return folders;
    }

    private static OptionalLong bytes(Optional<String> text) {
        OptionalLong value = number(text.orElse("max"));
        return value.isPresent() && value.getAsLong() > 0 && value.getAsLong() < NO_LIMIT ? value : OptionalLong.empty();
    }

    private static OptionalDouble quotaV2(Optional<String> text) {
        String[] parts = text.orElse("max").strip().split(" +");
        return quota(parts[0], parts.length > 1 ? parts[1] : "100000");
    }

    private static OptionalDouble quotaV1(Optional<String> quota, Optional<String> period) {
        return quota(quota.orElse("-1"), period.orElse("100000"));
    }

    private static OptionalDouble quota(String quota, String period) {
        OptionalLong micros = number(quota);
        OptionalLong of = number(period);
        if (micros.isEmpty() || of.isEmpty() || micros.getAsLong() <= 0 || of.getAsLong() <= 0) return OptionalDouble.empty();
        return OptionalDouble.of((double) micros.getAsLong() / of.getAsLong());
    }

    private static OptionalLong number(String text) {
        try {
            return OptionalLong.of(Long.parseLong(text.strip()));
        } catch (NumberFormatException notANumber) {
            // "max", or a kernel that writes something new: no limit that we know of.
            return OptionalLong.empty();
        }
    }

    private static OptionalLong smaller(OptionalLong a, OptionalLong b) {
        if (a.isEmpty()) return b;
        return b.isEmpty() || a.getAsLong() <= b.getAsLong() ? a : b;
    }

    private static OptionalDouble smaller(OptionalDouble a, OptionalDouble b) {
        if (a.isEmpty()) return b;
        return b.isEmpty() || a.getAsDouble() <= b.getAsDouble() ? a : b;
    }
}
