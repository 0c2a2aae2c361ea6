/** How fast are matrix products on this machine? The roof over every dense, convolution and recurrent layer. */
package io.dl4k.benchmarks.matrix;
