package io.dl4k.kaggle.cli;

import io.dl4k.kaggle.competition.Competition;
import io.dl4k.kaggle.competition.Competitions;
import io.dl4k.kaggle.competition.Family;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(name = "competitions", description = "Lists the competitions that are known: name, family of network, metric, data.", subcommands = ShowCommand.class)
final class CompetitionsCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        int width = Competitions.all().stream().mapToInt(c -> c.info().slug().length()).max().orElseThrow();
        String row = "%-" + width + "s  %-12s  %-8s  %s%n";
        out.printf(row, "NAME", "FAMILY", "METRIC", "DATA");
        for (Competition competition : Competitions.all()) {
            String families = competition.families().stream().map(Family::name).collect(Collectors.joining("+"));
            boolean embedded = competition.info().slug().equals(Competitions.sample().info().slug());
            out.printf(row, competition.info().slug(), families, competition.info().metric().name(), embedded ? "embedded" : "Kaggle's");
        }
        out.println();
        out.println("Data: train.csv, test.csv, sample submission; Kaggle's zip or a folder.");
        out.println("Get them:   kaggle competitions download -c titanic");
        out.println("Train:      ./dl4k train titanic --data titanic.zip");
        out.println("Any other:  ./dl4k train auto --data other.zip");
        out.println("Change one: ./dl4k competitions show titanic > my.yaml");
        return ExitCode.OK;
    }
}
