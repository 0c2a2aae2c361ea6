package io.dl4k.kaggle.cli;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** Entry point of the bundle for a GPU alone, which has neither ND4J nor Deeplearning4j: the other commands' classes would not load there. */
@Command(name = "dl4k", description = "Checks and times a GPU without Deeplearning4j.", subcommands = GpuCheckCommand.class, mixinStandardHelpOptions = true,
        versionProvider = GpuMain.Version.class, scope = ScopeType.INHERIT, synopsisSubcommandLabel = "COMMAND")
public final class GpuMain implements Runnable {
    @Spec
    private CommandSpec spec;

    private GpuMain() {
    }

    /** Runs a command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        Logging.configure(arguments);
        System.exit(Main.run(Main.commandLine(new GpuMain()), arguments));
    }

    @Override
    public void run() {
        throw new MissingParameterException(spec.commandLine(), List.of(), "a command is missing: gpu-check");
    }

    /** Of DL4K. */
    static final class Version implements picocli.CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"dl4k " + Main.Version.text() + ", Java " + Runtime.version()};
        }
    }
}
