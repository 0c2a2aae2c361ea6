package io.dl4k.kaggle.competition;

import io.dl4k.kaggle.report.Contender;
import io.dl4k.kaggle.report.Facts;
import io.dl4k.kaggle.report.Outlook;
import io.dl4k.kaggle.report.Report;
import io.dl4k.kaggle.report.Trust;
import io.dl4k.training.TrainingResult;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Makes the report of a run. */
public final class RunReport {
    private RunReport() {
    }

    /**
     * Gathers what the report shows.
     *
     * @param data where the tables came from, for people
     * @param surroundings what else was part of the run: machine and versions
     * @param finished when the run was
     * @param seconds it took
     * @param memory it took, for people
     */
    public static Report of(Competition competition, String data, Problem problem, RunOptions options, CompetitionRun.Result result, List<Facts> surroundings,
            Instant finished, double seconds, String memory) {
        Competition.Info info = competition.info();
        CompetitionRun.Submitted submitted = result.submitted();
        List<Facts> facts = new ArrayList<>();
        facts.add(run(info, data, problem, options, result));
        facts.addAll(surroundings);
        return new Report(info.title(), info.metric().name(), facts, result.scores().stream().map(score -> contender(score, submitted)).toList(),
                result.scores().indexOf(result.best()), result.planned(), result.ensemble() == result.validated() ? 0 : result.ensemble().networks().size(),
                Trust.of(info.metric(), submitted.foldScores(), submitted.predictions(), problem.targets().actual(submitted.rows()), problem.sample().rows(), competition.outlook().map(Outlook::worse).orElse(1.0), options.seed()), competition.outlook(),
                RunFindings.of(competition, problem, options, result), new Report.Times(finished, seconds, memory, result.scores().stream().map(CandidateScore::seconds).toList()));
    }

    private static Contender contender(CandidateScore score, CompetitionRun.Submitted submitted) {
        return new Contender(score.candidate().name(), score.candidate().family().name(), score.score(), score.foldScores(), score.rows(),
                submitted.weights().getOrDefault(score.candidate().name(), 0.0), score.networks().stream()
                .map(network -> new Contender.Member(network.fold(), network.member(), network.parameters(), network.score(), network.training().map(TrainingResult::history))).toList());
    }

    private static Facts run(Competition.Info info, String data, Problem problem, RunOptions options, CompetitionRun.Result result) {
        int folds = options.folds().orElse(info.defaultFolds());
        List<Facts.Fact> facts = new ArrayList<>();
        facts.add(new Facts.Fact("Competition", info.slug()));
        facts.add(new Facts.Fact("Data", data));
        facts.add(new Facts.Fact("Rows", String.format(Locale.ROOT, "%,d to train on, %,d to predict", problem.targets().rows(), problem.sample().rows())));
        facts.add(new Facts.Fact("Target", String.join(", ", info.targetColumns()) + (problem.targets() instanceof ClassTargets classes ? ", " + classes.labels().size() + " classes"
                : ", numbers")));
        facts.add(new Facts.Fact("Metric", info.metric().name() + ", " + (info.metric().higherIsBetter() ? "higher" : "lower") + " is better"));
        facts.add(new Facts.Fact("Seed", String.valueOf(options.seed())));
        facts.add(new Facts.Fact("Folds", folds == 1 ? String.format(Locale.ROOT, "one, %,d rows held out", result.submitted().rows().length) : String.valueOf(folds)));
        facts.add(new Facts.Fact("Networks a fold", String.valueOf(options.ensemble().orElse(info.defaultEnsemble()))));
        facts.add(new Facts.Fact("Epochs", options.epochs().isPresent() ? String.valueOf(options.epochs().getAsInt())
                : result.scores().stream().map(score -> score.candidate().name() + " " + score.candidate().recipe().epochs()).collect(Collectors.joining(", "))));
        facts.add(new Facts.Fact("Time budget", options.timeBudget().isZero() ? "none" : text(options.timeBudget())));
        return new Facts("Run", facts);
    }

    /** As it is written on the command line: 1h30m, 90s. */
    private static String text(Duration time) {
        return time.toString().substring(2).toLowerCase(Locale.ROOT);
    }
}
