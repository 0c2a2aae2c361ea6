package io.dl4k.hardware;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Trees as distributions, NVIDIA's packages, pip and Conda make them; only names, no disk. */
class CudaLibrariesTest {
    private static final String CUDA = "libcudart.so.13 libcublas.so.13 libcublasLt.so.13 libnvrtc.so.13 libnvrtc-builtins.so.13.0";
    private static final String CUDNN = "libcudnn.so.9 libcudnn_graph.so.9 libcudnn_ops.so.9 libcudnn_cnn.so.9 libcudnn_adv.so.9 libcudnn_heuristic.so.9"
        + " libcudnn_engines_precompiled.so.9 libcudnn_engines_runtime_compiled.so.9";

    private final Set<String> files = new HashSet<>();

    private CudaLibrariesTest put(String folder, String names) {
        for (String name : names.split(" ")) files.add(folder + "/" + name);
        return this;
    }

    private Set<String> names(Path folder) {
        Set<String> names = new HashSet<>();
        String prefix = folder + "/";
        for (String file : files) if (file.startsWith(prefix)) names.add(file.substring(prefix.length()).split("/")[0]);
        return names;
    }

    private CudaLibraries search(Map<String, String> environment, String ldconfig, String... given) {
        List<Path> named = new ArrayList<>();
        for (String folder : given) named.add(Path.of(folder));
        return CudaLibraries.search(CudaLibraries.candidates(named, Path.of("/"), environment, Path.of("/home/ada"), ldconfig, this::names), this::names);
    }

    private static List<String> folders(CudaLibraries libraries) {
        assertTrue(libraries.complete(), libraries.missing().toString());
        return libraries.folders().stream().map(Path::toString).toList();
    }

    @ParameterizedTest
    @CsvSource({
        "/usr/local/cuda-13.0/lib64, /usr/lib/x86_64-linux-gnu",
        "/usr/local/cuda/targets/x86_64-linux/lib, /usr/lib64",
        "/home/ada/.local/share/dl4k/cuda13/nvidia/cu13/lib, /home/ada/.local/share/dl4k/cuda13/nvidia/cudnn/lib",
        "/home/ada/.local/lib/python3.12/site-packages/nvidia/cu13/lib, /home/ada/.local/lib/python3.12/site-packages/nvidia/cudnn/lib",
        "/usr/local/lib/python3.11/dist-packages/nvidia/cu13/lib, /usr/local/lib/python3.11/dist-packages/nvidia/cudnn/lib",
        "/opt/torch/.venv/lib/python3.12/site-packages/nvidia/cu13/lib, /opt/torch/.venv/lib/python3.12/site-packages/nvidia/cudnn/lib",
        "/venv/lib/python3.13/site-packages/nvidia/cu13/lib, /venv/lib/python3.13/site-packages/nvidia/cudnn/lib",
        "/cuda-home/lib64, /odd/cudnn"})
    void search_usualPlaces_areFound(String cuda, String cudnn) {
        put(cuda, CUDA).put(cudnn, CUDNN);
        Map<String, String> environment = Map.of("PATH", "/opt/torch/.venv/bin:/usr/bin", "VIRTUAL_ENV", "/venv", "CUDA_HOME", "/cuda-home", "LD_LIBRARY_PATH", "relative::/odd/cudnn");
        assertEquals(List.of(cuda, cudnn), folders(search(environment, "")));
    }

    @Test
    void search_ldconfig_namesFoldersThatNobodyGuesses() {
        put("/opt/nvidia/lib", CUDA + " " + CUDNN);
        String ldconfig = "2 libs found in cache `/etc/ld.so.cache'\n\tlibz.so.1 (libc6,x86-64) => /lib/libz.so.1\n\tlibcudart.so.13 (libc6,x86-64) => /opt/nvidia/lib/libcudart.so.13\n";
        assertEquals(List.of("/opt/nvidia/lib"), folders(search(Map.of(), ldconfig)));
    }

    @Test
    void search_conda_isFound() {
        put("/conda/lib", CUDA + " " + CUDNN).put("/conda/conda-meta", "history");
        assertEquals(List.of("/conda/lib"), folders(search(Map.of("CONDA_PREFIX", "/conda"), "")));
    }

    @ParameterizedTest
    @CsvSource({"/given/lib64", "/given", "/given/nvidia/cu13/lib", "/given/cu13/lib", "/given/targets/x86_64-linux/lib"})
    void search_givenFolder_comesBeforeAllOthers(String folder) {
        put("/usr/local/cuda-13.0/lib64", CUDA).put("/usr/lib64", CUDNN).put(folder, CUDA);
        assertEquals(List.of(folder, "/usr/lib64"), folders(search(Map.of("LD_LIBRARY_PATH", "/usr/local/cuda-13.0/lib64"), "", "/given")));
    }

    @Test
    void search_severalToolkits_takesTheNewestWhole() {
        put("/usr/local/cuda-13.2/lib64", "libcudart.so.13").put("/usr/local/cuda-13.1/lib64", CUDA).put("/usr/local/cuda-13.0/lib64", CUDA).put("/usr/local/cuda-12.9/lib64", "libcudart.so.12");
        put("/usr/lib64", CUDNN);
        assertEquals(List.of("/usr/local/cuda-13.1/lib64", "/usr/lib64"), folders(search(Map.of(), "")));
        files.remove("/usr/local/cuda-13.1/lib64/libnvrtc.so.13");
        files.remove("/usr/local/cuda-13.0/lib64/libcublas.so.13");
        assertEquals(List.of("/usr/local/cuda-13.2/lib64", "/usr/local/cuda-13.1/lib64", "/usr/local/cuda-13.0/lib64", "/usr/lib64"), folders(search(Map.of(), "")));
    }

    @Test
    void search_cudnnOfCuda12_isLeft() {
        put("/venv/lib/python3.12/site-packages/nvidia/cudnn/lib", CUDNN).put("/venv/lib/python3.12/site-packages", "nvidia_cudnn_cu12-9.10.2.21.dist-info");
        put("/usr/local/cuda/lib64", CUDA);
        CudaLibraries libraries = search(Map.of("VIRTUAL_ENV", "/venv"), "");
        assertFalse(libraries.complete());
        assertEquals(List.of(CUDNN.split(" ")), libraries.missing());
    }

    @Test
    void lacking_partThere_namesThePackagesThatBringTheRest() {
        put("/usr/local/cuda/lib64", CUDA).put("/usr/lib64", "libcudnn.so.9");
        files.remove("/usr/local/cuda/lib64/libnvrtc-builtins.so.13.0");
        CudaLibraries libraries = search(Map.of(), "");
        assertTrue(libraries.lacking().startsWith("libnvrtc-builtins.so.13, libcudnn_graph.so.9, "), libraries.lacking());
        assertTrue(libraries.lacking().endsWith(": install with python3 -m pip install --target ~/.local/share/dl4k/cuda13 'nvidia-cuda-nvrtc<14' 'nvidia-cudnn-cu13<10'"
            + ", or say where they are with --cuda-libs DIR"), libraries.lacking());
        assertEquals(List.of("CUDA 13 in /usr/local/cuda/lib64 (only libcudart.so.13, libcublas.so.13, libcublasLt.so.13, libnvrtc.so.13)",
            "cuDNN 9 in /usr/lib64 (only libcudnn.so.9)"), libraries.lines());
    }

    @Test
    void search_nothing_missesAll() {
        assertEquals(13, search(Map.of(), "").missing().size());
        assertEquals(List.of(), search(Map.of(), "").lines());
        assertEquals(CudaLibraries.none(), search(Map.of(), ""));
    }
}
