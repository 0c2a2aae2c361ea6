/** Tests of reading files and of making batches. Files are made in temporary folders; the real competitions' zips are used where they are at hand. */
package io.dl4k.data;
