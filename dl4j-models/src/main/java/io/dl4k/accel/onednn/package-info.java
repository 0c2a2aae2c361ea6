/** Programs on the CPU through oneDNN's C interface. Start at {@link io.dl4k.accel.onednn.OneDnnKernels}.
 *  <p>Tensors stay in the blocked layouts that oneDNN prefers from one operation to the next; parameters are read and gradients written in
 *  DL4J's layout. Work with no primitive of its own (losses, masks, embeddings, small statistics) runs as Java loops over heap chunks,
 *  which HotSpot vectorises. Knows nothing of ND4J. */
package io.dl4k.accel.onednn;
