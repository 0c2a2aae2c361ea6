/**
 * The page that shows why to trust a submission: one HTML file that needs nothing else, neither network nor server. Start at
 * {@link io.dl4k.kaggle.report.Report}, what is shown, and {@link io.dl4k.kaggle.report.ReportPage}, which writes it.
 *
 * <p>The page's numbers are computed here and can be recounted from the records; its script only draws them. The page's policy forbids every request and
 * every script but its own. All text from data is escaped. The same run gives the same bytes, apart from the section of times.
 *
 * <p>Knows nothing of competitions or the command line.
 */
package io.dl4k.kaggle.report;
