/**
 * The readers of files from outside, run on inputs that nobody would write. {@code .ci/fuzz} lets Jazzer search for them, guided by coverage; {@link
 * io.dl4k.kaggle.fuzz.FuzzTest} is the small sample of {@code mvn verify}. A target says what its reader promises of any bytes; nothing here needs Jazzer to compile.
 */
package io.dl4k.kaggle.fuzz;
