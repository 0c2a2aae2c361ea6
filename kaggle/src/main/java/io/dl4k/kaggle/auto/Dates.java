package io.dl4k.kaggle.auto;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.time.temporal.TemporalQueries;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * How the dates of a column are written. A pattern is one of a list, so that a file that names another is refused.
 *
 * @param pattern as {@link DateTimeFormatter} reads it, in English
 */
record Dates(String pattern) {
    /** Rows that are tried. */
    private static final int TRIED = 2000;
    /** Share of the values tried that must be dates. */
    private static final double MOST = 0.98;

    /** Unambiguous ones first; day before month where both would do is what is left, since months come first in Kaggle's American data. */
    private static final List<String> PATTERNS = List.of("uuuu-M-d['T'][' ']H:mm[:ss[.SSSSSSSSS][.SSSSSS][.SSS]]['Z'][XXX]", "uuuu-M-d", "uuuu/M/d H:mm[:ss]", "uuuu/M/d",
            "uuuuMMdd", "M/d/uuuu[ H:mm[:ss]]", "d/M/uuuu[ H:mm[:ss]]", "d.M.uuuu[ H:mm[:ss]]", "d-M-uuuu[ H:mm[:ss]]", "M/d/uu[ H:mm[:ss]]", "d/M/uu[ H:mm[:ss]]",
            "d-MMM-uu[uu]", "d MMM uuuu", "MMM d, uuuu", "MMMM d, uuuu", "d MMMM uuuu", "uuuu-M", "MMM uuuu", "MMM-uuuu");

    /** @throws IllegalArgumentException if the pattern is not one of those known */
    Dates {
        if (!PATTERNS.contains(pattern)) {
            throw new IllegalArgumentException("there is no pattern of dates '" + pattern + "'");
        }
    }

    /** Reads values; keeps the formatter, which is slow to make. Not thread-safe. */
    static final class Reader {
        private final DateTimeFormatter formatter;

        private Reader(String pattern) {
            formatter = new DateTimeFormatterBuilder().parseCaseInsensitive().appendPattern(pattern).toFormatter(Locale.ENGLISH).withResolverStyle(ResolverStyle.SMART);
        }

        /** {@return the moment, as if at Greenwich; null if the text is no date of this pattern, or is null} */
        LocalDateTime read(String text) {
            if (text == null) {
                return null;
            }
            try {
                TemporalAccessor parsed = formatter.parse(text.strip());
                LocalDate date = parsed.query(TemporalQueries.localDate());
                if (date == null) {
                    date = LocalDate.of(parsed.get(ChronoField.YEAR), parsed.get(ChronoField.MONTH_OF_YEAR), 1);
                }
                LocalTime time = parsed.query(TemporalQueries.localTime());
                return LocalDateTime.of(date, time == null ? LocalTime.MIDNIGHT : time);
            } catch (DateTimeException e) {
                return null;
            }
        }

        /** {@return seconds since 1970; NaN if the text is no date} */
        double seconds(String text) {
            LocalDateTime moment = read(text);
            return moment == null ? Double.NaN : moment.toEpochSecond(ZoneOffset.UTC);
        }
    }

    /** {@return whether dates may have a time of day} */
    boolean timed() {
        return pattern.contains("H");
    }

    Reader reader() {
        return new Reader(pattern);
    }

    /** The pattern that nearly all of the texts follow, in years that people keep data of. @param texts null where missing */
    static Optional<Dates> of(List<String> texts) {
        List<String> present = texts.stream().filter(t -> t != null && !t.isBlank()).limit(TRIED).toList();
        // Cheap, and spares every column of words the list below.
        if (present.isEmpty() || present.stream().limit(50).filter(t -> t.length() >= 6 && t.length() <= 40 && t.chars().filter(Character::isDigit).count() >= 3).count()
                < Math.min(50, present.size()) * MOST) {
            return Optional.empty();
        }
        for (String pattern : PATTERNS) {
            Reader reader = new Reader(pattern);
            if (present.stream().limit(50).filter(t -> plausible(reader.read(t))).count() < Math.min(50, present.size()) * MOST) {
                continue;
            }
            if (present.stream().filter(t -> plausible(reader.read(t))).count() >= present.size() * MOST) {
                return Optional.of(new Dates(pattern));
            }
        }
        return Optional.empty();
    }

    private static boolean plausible(LocalDateTime moment) {
        return moment != null && moment.getYear() >= 1800 && moment.getYear() <= 2200;
    }
}
