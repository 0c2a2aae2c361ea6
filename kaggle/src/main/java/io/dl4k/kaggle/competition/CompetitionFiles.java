package io.dl4k.kaggle.competition;

import io.dl4k.data.CsvSource;
import io.dl4k.data.DataException;
import io.dl4k.data.DataFiles;
import io.dl4k.kaggle.submission.SampleSubmission;
import java.util.Optional;

/**
 * The three files that Kaggle hands out for a competition, by their names, or where these say nothing by their columns.
 *
 * @param name of the zip or folder they came from, for messages
 * @param train training rows with their target
 * @param test rows to predict
 * @param sample sample submission: id column, target column, row order
 */
public record CompetitionFiles(String name, CsvSource train, CsvSource test, CsvSource sample) {
    /**
     * Finds the files in a zip or a folder, which must stay open while they are read.
     *
     * @throws DataException if one is missing, naming it and what is there instead
     */
    public static CompetitionFiles of(DataFiles files) {
        return byColumns(files).orElseGet(() -> new CompetitionFiles(files.name(), find(files, "train.csv"), find(files, "test.csv"), SampleSubmission.find(files)));
    }

    /**
     * The files as their columns tell them, where their names do not: all of the test rows' columns are training rows' too, and the sample submission has columns that
     * only these have.
     *
     * @return nothing where all three are named as Kaggle names them, or where the columns leave it open
     */
    public static Optional<CompetitionFiles> byColumns(DataFiles files) {
        boolean named = files.find("train.csv").isPresent() && files.find("test.csv").isPresent() && files.findMatching(SampleSubmission::isSampleName).isPresent();
        return named ? Optional.empty() : Roles.of(files);
    }

    private static CsvSource find(DataFiles files, String name) {
        return files.find(name).orElseThrow(() -> DataException.in(files.name(),
                "there is no " + name + " in it, only " + files.names() + ". Use the zip as Kaggle hands it out, or a folder with train.csv, test.csv and the sample submission."));
    }
}
