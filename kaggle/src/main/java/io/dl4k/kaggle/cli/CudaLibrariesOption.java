package io.dl4k.kaggle.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** Where CUDA 13 and cuDNN 9 lie, where they are not found: a mixin of every command that looks for GPUs. */
final class CudaLibrariesOption {
    @Spec(Target.MIXEE)
    private CommandSpec spec;

    @Option(names = "--cuda-libs", paramLabel = "DIR", description = "Folder of CUDA 13 or cuDNN 9, searched first: of libraries, of a toolkit or of Python packages. May be repeated.")
    private List<Path> folders = List.of();

    /** Those given; each is there. */
    List<Path> folders() {
        for (Path folder : folders) {
            if (!Files.isDirectory(folder)) {
                throw new ParameterException(spec.commandLine(), "--cuda-libs " + folder + ": there is no such folder. Name the one with libcudart.so.13 or libcudnn.so.9 in it.");
            }
        }
        return List.copyOf(folders);
    }
}
