package io.dl4k.accel.cuda;
abstract class CudaDevice implements Device { static Device of(int ordinal) { throw new UnsupportedOperationException(); } }
