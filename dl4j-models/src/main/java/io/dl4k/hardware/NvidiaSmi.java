package io.dl4k.hardware;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The driver's own tool: which commands to run, and how to read its answers. Whatever it answers ends in an inventory, never in an exception. */
final class NvidiaSmi {
    private static final String FORMAT = "--format=csv,noheader,nounits";
    private static final List<String> FULL = List.of("index", "name", "driver_version", "memory.total", "uuid", "compute_cap", "mig.mode.current");
    /** For drivers before 470, which refuse the whole query when they do not know one field. */
    private static final List<String> OLD = FULL.subList(0, 5);

    private static final Pattern CARD = Pattern.compile("GPU (\\d{1,4}): .*");
    private static final Pattern SLICE = Pattern.compile("\\s+MIG (\\S+)\\s+Device\\s+\\d+: \\(UUID: ([^)]*)\\).*");
    private static final Pattern SERVED = Pattern.compile("CUDA Version: (\\d{1,3}\\.\\d{1,3})");
    private static final int QUOTED = 100;

    private NvidiaSmi() {
    }

    static GpuInventory inventory(Tools tools) {
        ToolOutput answer = tools.run(query(FULL));
        List<String> fields = FULL;
        if (answer.end() == ToolOutput.End.EXITED && answer.exit() != 0 && answer.text().contains("is not a valid field to query")) {
            answer = tools.run(query(OLD));
            fields = OLD;
        }
        GpuInventory cards = parse(answer, fields.size());
        if (cards.gpus().isEmpty()) return cards;
        Matcher served = SERVED.matcher(tools.run(List.of("nvidia-smi")).text());
        cards = new GpuInventory(cards.gpus(), cards.notes(), served.find() ? Optional.of(served.group(1)) : Optional.empty());
        if (cards.gpus().stream().noneMatch(Gpu::mig)) return cards;
        return withSlices(cards, tools.run(List.of("nvidia-smi", "-L")));
    }

    private static List<String> query(List<String> fields) {
        return List.of("nvidia-smi", "--query-gpu=" + String.join(",", fields), FORMAT);
    }

    /** @param columns how many of the fields of {@link #FULL} were asked for */
    private static GpuInventory parse(ToolOutput answer, int columns) {
        if (answer.end() == ToolOutput.End.NOT_FOUND) return nothing("nvidia-smi is not installed: no NVIDIA driver");
        if (answer.end() == ToolOutput.End.TIMED_OUT) return nothing("nvidia-smi did not answer in time and was stopped; run it by hand to see why");
        String text = answer.text().strip();
        if (text.startsWith("No devices were found")) return nothing("nvidia-smi found no GPU");
        if (answer.exit() != 0) return nothing("nvidia-smi failed with exit status " + answer.exit() + ": " + quote(text));
        List<Gpu> gpus = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        for (String line : text.split("\\R")) {
            if (line.isBlank()) continue;
            Optional<Gpu> gpu = parseLine(line, columns);
            if (gpu.isEmpty()) {
                notes.add("nvidia-smi wrote a line that is not understood: " + quote(line));
            } else {
                gpus.add(gpu.get());
            }
        }
        if (gpus.isEmpty() && notes.isEmpty()) notes.add("nvidia-smi found no GPU");
        return new GpuInventory(gpus, notes, Optional.empty());
    }

    private static Optional<Gpu> parseLine(String line, int columns) {
        String[] cells = line.split(",", -1);
        if (cells.length != columns || !cells[0].strip().matches("\\d{1,4}") || cells[1].isBlank()) return Optional.empty();
        String driver = cells[2].strip();
        String memory = cells[3].strip();
        return Optional.of(new Gpu(
            Integer.parseInt(cells[0].strip()),
            cells[1].strip(),
            columns > 5 ? ComputeCapability.parse(cells[5].strip()) : Optional.empty(),
            driver.matches("\\d[\\d.]*") ? driver : ProcessorText.UNKNOWN,
            memory.matches("\\d{1,9}") ? Long.parseLong(memory) << 20 : 0,
            columns > 6 && cells[6].strip().equals("Enabled"),
            List.of(),
            cells[4].strip().startsWith("GPU-") ? cells[4].strip() : "",
            OptionalInt.of(Integer.parseInt(cells[0].strip()))));
    }

    private static GpuInventory withSlices(GpuInventory cards, ToolOutput list) {
        Map<Integer, List<Gpu.Slice>> slices = new HashMap<>();
        List<String> notes = new ArrayList<>(cards.notes());
        if (!list.succeeded()) notes.add("nvidia-smi -L failed: the MIG slices are unknown");
        int card = -1;
        for (String line : list.succeeded() ? list.text().split("\\R") : new String[0]) {
            Matcher start = CARD.matcher(line);
            Matcher slice = SLICE.matcher(line);
            if (start.matches()) {
                card = Integer.parseInt(start.group(1));
            } else if (slice.matches()) {
                slices.computeIfAbsent(card, none -> new ArrayList<>()).add(new Gpu.Slice(slice.group(1), slice.group(2)));
            }
        }
        List<Gpu> gpus = cards.gpus().stream().map(gpu -> gpu.withSlices(slices.getOrDefault(gpu.index(), List.of()))).toList();
        return new GpuInventory(gpus, notes, cards.cuda());
    }

    private static GpuInventory nothing(String note) {
        return new GpuInventory(List.of(), List.of(note), Optional.empty());
    }

    /** One line of at most {@link #QUOTED} printable characters. */
    private static String quote(String text) {
        String line = text.lines().filter(l -> !l.isBlank()).findFirst().orElse("").strip().replaceAll("\\p{Cntrl}", "?");
        return "'" + (line.length() > QUOTED ? line.substring(0, QUOTED) + "…" : line) + "'";
    }
}
