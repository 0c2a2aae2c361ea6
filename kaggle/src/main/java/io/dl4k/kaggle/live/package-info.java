/**
 * The page that follows a run as it trains. Start at {@link io.dl4k.kaggle.live.LiveView}: it observes the run and serves the page on the loopback interface
 * until it is closed.
 *
 * <p>The run's thread only notes numbers; text is made and sent on threads of the server's own. What was measured before it was written, and why Deeplearning4j's
 * own user interface is not used, is in {@code docs/live-view.md}.
 */
package io.dl4k.kaggle.live;
