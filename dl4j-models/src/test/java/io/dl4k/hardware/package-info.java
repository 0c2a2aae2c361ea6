/** Tests of the hardware package, on recorded texts of other machines and on this one. */
package io.dl4k.hardware;
