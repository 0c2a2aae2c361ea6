package io.dl4k.hardware;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Where the libraries of CUDA 13 and cuDNN 9 lie. Found by names in folders, nothing is loaded; what is found may still be broken, which the trial of a GPU shows.
 *
 * @param found   folder of each library that is there, by the name that the loader asks for
 * @param missing libraries that are nowhere
 */
public record CudaLibraries(Map<String, Path> found, List<String> missing) {
    /** Names in a folder; empty where there is no such folder. */
    @FunctionalInterface
    interface Listing extends Function<Path, Set<String>> {
    }

    /** Libraries that must fit each other, and the Python package that brings each. */
    private enum Group {
        TOOLKIT("CUDA 13", "libcudart.so.13", "libcublas.so.13", "libcublasLt.so.13", "libnvrtc.so.13", "libnvrtc-builtins.so.13"),
        CUDNN("cuDNN 9", "libcudnn.so.9", "libcudnn_graph.so.9", "libcudnn_ops.so.9", "libcudnn_cnn.so.9", "libcudnn_adv.so.9", "libcudnn_heuristic.so.9",
            "libcudnn_engines_precompiled.so.9", "libcudnn_engines_runtime_compiled.so.9");

        final String label;
        final List<String> libraries;

        Group(String label, String... libraries) {
            this.label = label;
            this.libraries = List.of(libraries);
        }
    }

    /** Where {@code pip install --target} below the user's home puts them, searched before the system's. */
    static final String OWN_FOLDER = ".local/share/dl4k/cuda13";

    /** The minor version is in this one's file name: libnvrtc-builtins.so.13.0. */
    private static final String BUILTINS = "libnvrtc-builtins.so.13";
    private static final Pattern TOOLKIT = Pattern.compile("cuda-13(?:\\.(\\d{1,3}))?");
    private static final Pattern PYTHON = Pattern.compile("python3(\\.\\d{1,3})?");
    private static final Pattern LDCONFIG = Pattern.compile("\\s+lib(?:cudart|cublas|nvrtc|cudnn)\\S* .*=> (/\\S+)");

    public CudaLibraries {
        found = Map.copyOf(found);
        missing = List.copyOf(missing);
    }

    /** Nothing, where nobody looked: a machine without a GPU. */
    static CudaLibraries none() {
        return search(List.of(), folder -> Set.of());
    }

    /** Whether all are there. */
    public boolean complete() {
        return missing.isEmpty();
    }

    /** Where they are, each folder once, CUDA's before cuDNN's. */
    public List<Path> folders() {
        Set<Path> folders = new LinkedHashSet<>();
        for (Group group : Group.values()) group.libraries.stream().filter(found::containsKey).map(found::get).forEach(folders::add);
        return List.copyOf(folders);
    }

    /** For people: {@code CUDA 13 in /usr/local/cuda/lib64}; a line for each group that is there at least in part. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        for (Group group : Group.values()) {
            List<String> there = group.libraries.stream().filter(found::containsKey).toList();
            if (there.isEmpty()) continue;
            String part = there.size() == group.libraries.size() ? "" : " (only " + String.join(", ", there) + ")";
            String folders = there.stream().map(library -> found.get(library).toString()).distinct().collect(Collectors.joining(", "));
            lines.add(group.label + " in " + folders + part);
        }
        return lines;
    }

    /** What is missing and the command that installs it. */
    String lacking() {
        Set<String> packages = new LinkedHashSet<>();
        for (String library : missing) {
            packages.add(library.startsWith("libcudnn") ? "'nvidia-cudnn-cu13<10'" : library.startsWith("libcublas") ? "'nvidia-cublas<14'"
                : library.startsWith("libnvrtc") ? "'nvidia-cuda-nvrtc<14'" : "'nvidia-cuda-runtime<14'");
        }
        return String.join(", ", missing) + ": install with python3 -m pip install --target ~/" + OWN_FOLDER + " " + String.join(" ", packages)
            + ", or say where they are with --cuda-libs DIR";
    }

    /**
     * Libraries of a group come from one folder, the first that has all of them; only where none has, each from the first that has it.
     *
     * @param folders in the order to look
     */
    static CudaLibraries search(List<Path> folders, Listing listing) {
        Map<Path, Set<String>> names = new LinkedHashMap<>();
        folders.forEach(folder -> names.computeIfAbsent(folder, listing));
        Map<String, Path> found = new LinkedHashMap<>();
        List<String> missing = new ArrayList<>();
        for (Group group : Group.values()) {
            Optional<Path> whole = names.keySet().stream().filter(folder -> group.libraries.stream().allMatch(library -> holds(names.get(folder), library))).findFirst();
            for (String library : group.libraries) {
                Optional<Path> folder = whole.or(() -> names.keySet().stream().filter(other -> holds(names.get(other), library)).findFirst());
                folder.ifPresentOrElse(where -> found.put(library, where), () -> missing.add(library));
            }
        }
        return new CudaLibraries(found, missing);
    }

    private static boolean holds(Set<String> names, String library) {
        return library.equals(BUILTINS) ? names.stream().anyMatch(name -> name.startsWith(BUILTINS)) : names.contains(library);
    }

    /**
     * Folders in which the libraries may lie, first what the user names: the option, {@code LD_LIBRARY_PATH}, our own folder, the toolkit's variables; then the usual
     * folders of toolkits, what the system's loader knows, and the packages of Python environments.
     *
     * @param given       folders of libraries, or roots of a toolkit or of Python packages
     * @param root        {@code /}, or a recorded tree
     * @param environment variables of this process
     * @param home        the user's folder
     * @param ldconfig    what {@code ldconfig -p} prints; empty if it cannot be had
     */
    static List<Path> candidates(List<Path> given, Path root, Map<String, String> environment, Path home, String ldconfig, Listing listing) {
        Set<Path> folders = new LinkedHashSet<>();
        given.forEach(folder -> addRoot(folders, folder, listing));
        for (String folder : environment.getOrDefault("LD_LIBRARY_PATH", "").split(":")) {
            if (folder.startsWith("/")) folders.add(inside(root, folder));
        }
        addRoot(folders, home.resolve(OWN_FOLDER), listing);
        for (String variable : List.of("CUDA_HOME", "CUDA_PATH")) {
            String folder = environment.getOrDefault(variable, "");
            if (folder.startsWith("/")) addRoot(folders, inside(root, folder), listing);
        }
        Path local = inside(root, "/usr/local");
        Set<String> toolkits = new TreeSet<>(Comparator.comparingInt(CudaLibraries::minor).reversed());
        listing.apply(local).stream().filter(name -> TOOLKIT.matcher(name).matches()).forEach(toolkits::add);
        toolkits.forEach(name -> addRoot(folders, local.resolve(name), listing));
        addRoot(folders, local.resolve("cuda"), listing);
        Matcher known = LDCONFIG.matcher(ldconfig);
        while (known.find()) folders.add(inside(root, known.group(1)).getParent());
        for (String folder : List.of("/usr/lib/x86_64-linux-gnu", "/usr/lib64", "/lib64", "/usr/lib")) folders.add(inside(root, folder));
        for (Path prefix : pythons(root, environment, home)) addPython(folders, prefix, listing);
        return List.copyOf(folders);
    }

    private static int minor(String toolkit) {
        Matcher matcher = TOOLKIT.matcher(toolkit);
        return matcher.matches() && matcher.group(1) != null ? Integer.parseInt(matcher.group(1)) : -1;
    }

    /** Prefixes of Python environments: the active one, Conda's, those whose python3 is in PATH, the user's and the system's. */
    private static Set<Path> pythons(Path root, Map<String, String> environment, Path home) {
        Set<Path> prefixes = new LinkedHashSet<>();
        for (String variable : List.of("VIRTUAL_ENV", "CONDA_PREFIX")) {
            String folder = environment.getOrDefault(variable, "");
            if (folder.startsWith("/")) prefixes.add(inside(root, folder));
        }
        for (String folder : environment.getOrDefault("PATH", "").split(":")) {
            if (folder.startsWith("/") && folder.endsWith("/bin")) prefixes.add(inside(root, folder).getParent());
        }
        prefixes.add(home.resolve(".local"));
        prefixes.add(inside(root, "/usr/local"));
        prefixes.add(inside(root, "/usr"));
        return prefixes;
    }

    private static void addPython(Set<Path> folders, Path prefix, Listing listing) {
        // Conda keeps CUDA's libraries beside its own.
        if (!listing.apply(prefix.resolve("conda-meta")).isEmpty()) folders.add(prefix.resolve("lib"));
        Path lib = prefix.resolve("lib");
        for (String version : new TreeSet<>(listing.apply(lib)).descendingSet()) {
            if (!PYTHON.matcher(version).matches()) continue;
            addPackages(folders, lib.resolve(version).resolve("site-packages"), listing);
            addPackages(folders, lib.resolve(version).resolve("dist-packages"), listing);
        }
    }

    /** What a user may name: a folder of libraries, a toolkit's, or a folder of Python packages. */
    private static void addRoot(Set<Path> folders, Path folder, Listing listing) {
        folders.add(folder);
        for (String part : List.of("lib64", "targets/x86_64-linux/lib", "lib", "cu13/lib", "cudnn/lib")) folders.add(folder.resolve(part));
        addPackages(folders, folder, listing);
    }

    /** The wheels' layout. cuDNN's wheel for CUDA 12 has files of the same names; beside it none for CUDA 13 can be. */
    private static void addPackages(Set<Path> folders, Path site, Listing listing) {
        Path nvidia = site.resolve("nvidia");
        folders.add(nvidia.resolve("cu13/lib"));
        if (listing.apply(site).stream().noneMatch(name -> name.startsWith("nvidia_cudnn_cu12-"))) folders.add(nvidia.resolve("cudnn/lib"));
    }

    private static Path inside(Path root, String absolute) {
        return root.resolve(absolute.substring(1)).normalize();
    }
}
