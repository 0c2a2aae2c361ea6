package io.dl4k.hardware;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ResourceLimitsTest {
    private static ResourceLimits read(String membership, Map<String, String> files) {
        return ResourceLimits.read(membership, path -> Optional.ofNullable(files.get(path)));
    }

    private static ResourceLimits limits(long memory, double cpus) {
        return new ResourceLimits(OptionalLong.of(memory), OptionalDouble.of(cpus));
    }

    @Test
    void read_v2_takesTheGroupsLimits() {
        assertEquals(limits(4294967296L, 1.5), read("0::/kubepods/pod1\n", Map.of(
            "/sys/fs/cgroup/kubepods/pod1/memory.max", "4294967296\n", "/sys/fs/cgroup/kubepods/pod1/cpu.max", "150000 100000\n")));
    }

    @Test
    void read_v2Max_isNoLimit() {
        assertEquals(ResourceLimits.NONE, read("0::/\n", Map.of("/sys/fs/cgroup/memory.max", "max\n", "/sys/fs/cgroup/cpu.max", "max 100000\n")));
    }

    @Test
    void read_v2ParentIsTighter_takesTheParent() {
        assertEquals(limits(1000, 2), read("0::/a/b\n", Map.of(
            "/sys/fs/cgroup/a/b/memory.max", "2000\n", "/sys/fs/cgroup/a/memory.max", "1000\n",
            "/sys/fs/cgroup/a/b/cpu.max", "max 100000\n", "/sys/fs/cgroup/a/cpu.max", "200000 100000\n")));
    }

    @Test
    void read_v1_takesTheGroupsLimits() {
        assertEquals(limits(2147483648L, 2), read("5:memory:/docker/x\n3:cpu,cpuacct:/docker/x\n", Map.of(
            "/sys/fs/cgroup/memory/docker/x/memory.limit_in_bytes", "2147483648\n",
            "/sys/fs/cgroup/cpu,cpuacct/docker/x/cpu.cfs_quota_us", "200000\n", "/sys/fs/cgroup/cpu,cpuacct/docker/x/cpu.cfs_period_us", "100000\n")));
    }

    @Test
    void read_v1PathOfTheHost_takesTheMountPoint() {
        assertEquals(limits(512, 0.5), read("5:memory:/docker/x\n3:cpu:/docker/x\n", Map.of(
            "/sys/fs/cgroup/memory/memory.limit_in_bytes", "512",
            "/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "50000", "/sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000")));
    }

    @Test
    void read_v1Unlimited_isNoLimit() {
        assertEquals(ResourceLimits.NONE, read("5:memory:/\n3:cpu:/\n", Map.of(
            "/sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712", "/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1")));
    }

    @Test
    void read_oddText_isNoLimit() {
        assertEquals(ResourceLimits.NONE, read("", Map.of()));
        assertEquals(ResourceLimits.NONE, read("nonsense\n1:2\n0::/x\n", Map.of("/sys/fs/cgroup/x/memory.max", "lots", "/sys/fs/cgroup/x/cpu.max", "1 0")));
    }
}
