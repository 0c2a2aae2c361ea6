/** Tests of the hardware package, on texts of other machines, written from their known formats, and on this one. */
package io.dl4k.hardware;
