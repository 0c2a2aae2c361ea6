/**
 * The ideas that deep learning starts from, run and shown: {@code ./dl4k explain}. Start at {@link io.dl4k.kaggle.explain.Topic}, what there is, and
 * {@link io.dl4k.kaggle.explain.LessonPage}, which draws what a topic found.
 *
 * <p>Every number and picture is of networks built, trained and measured in that run by the library's own builders, updaters, accelerated steps and
 * diagnostics. A topic is a class: {@code find} runs it and gives what was found, on which its test asserts what the topic claims; {@code explain} puts that
 * into words and charts. The same seed on the same machine gives the same page, byte for byte, so pages hold no times.
 *
 * <p>Knows nothing of the command line.
 */
package io.dl4k.kaggle.explain;
