/** Saved runs and the page made of them: {@link io.dl4k.benchmarks.report.Measurements} is the file, {@link io.dl4k.benchmarks.report.Page} the tables. Runs nothing itself. */
package io.dl4k.benchmarks.report;
