/**
 * The command line. A command parses, calls the library, prints and returns a code: 0 done, 1 our fault, 2 the input or the arguments are wrong, 130
 * interrupted. Start at {@link io.dl4k.kaggle.cli.Main}.
 */
package io.dl4k.kaggle.cli;
