/**
 * What our HTML pages share: the frame with the charts library and a policy that refuses everything from outside, styles for phone and desktop, light
 * and dark, charts, escaped text, grey images. Start at {@link io.dl4k.kaggle.page.Shell}.
 *
 * <p>Knows nothing of what a page is about.
 */
package io.dl4k.kaggle.page;
