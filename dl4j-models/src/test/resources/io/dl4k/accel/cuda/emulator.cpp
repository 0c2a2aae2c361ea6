// The emulator for Java: see Emulator.java.
#include <jni.h>
#include "emulator.h"

static std::string text(JNIEnv* env, jstring s) {
    const char* chars = env->GetStringUTFChars(s, nullptr);
    std::string copy = chars;
    env->ReleaseStringUTFChars(s, chars);
    return copy;
}

extern "C" {

// Kinds of the kernel's arguments, a letter each; null if there is no such kernel.
JNIEXPORT jstring JNICALL Java_io_dl4k_accel_cuda_Emulator_kinds(JNIEnv* env, jclass, jstring name) {
    auto found = kernels.find(text(env, name));
    return found == kernels.end() ? nullptr : env->NewStringUTF(found->second.kinds.c_str());
}

JNIEXPORT void JNICALL Java_io_dl4k_accel_cuda_Emulator_launch(JNIEnv* env, jclass, jstring name, jlong gx, jlong gy, jint tx, jint ty, jlongArray arguments) {
    std::vector<jlong> values(env->GetArrayLength(arguments));
    env->GetLongArrayRegion(arguments, 0, (jsize) values.size(), values.data());
    launch(kernels.at(text(env, name)), (unsigned) gx, (unsigned) gy, tx, ty, (Arguments) values.data());
}

JNIEXPORT void JNICALL Java_io_dl4k_accel_cuda_Emulator_product(JNIEnv*, jclass, jboolean ta, jboolean tb, jint m, jint n, jint k, jlong a, jint lda, jlong b, jint ldb, jlong c, jint ldc,
        jboolean add, jlong bias, jboolean relu, jint bits) {
    product(ta, tb, m, n, k, (const float*) a, lda, (const float*) b, ldb, (float*) c, ldc, add, (const float*) bias, relu, bits);
}

JNIEXPORT void JNICALL Java_io_dl4k_accel_cuda_Emulator_convolution(JNIEnv*, jclass, jint pass, jint batch, jint in, jint h, jint w, jint out, jint to_h, jint to_w, jint kh, jint kw,
        jint sh, jint sw, jint top, jint left, jint dh, jint dw, jlong x, jlong f, jlong y, jint bits, jboolean halves) {
    if (halves) convolution_halves(pass, batch, in, h, w, out, to_h, to_w, kh, kw, sh, sw, top, left, dh, dw, (unsigned short*) x, (unsigned short*) f, (unsigned short*) y);
    else convolution(pass, batch, in, h, w, out, to_h, to_w, kh, kw, sh, sw, top, left, dh, dw, (float*) x, (float*) f, (float*) y, bits);
}

}
