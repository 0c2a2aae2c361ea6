#!/bin/sh
# Makes a folder that runs DL4K on a machine without a JDK, Maven or network: ./dl4k bundle --out DIR [--isa LIST | --gpu-only] [--part-size SIZE]
# Called by the launcher, which has built: BUNDLE_CLASSPATH holds the application's jars, BUNDLE_JAVA the JDK's java.
set -u

fail() {
    printf 'dl4k: %s\n' "$1" >&2
    exit "${2:-2}"
}

usage='usage: dl4k [--cuda] bundle --out DIR [--isa avx2,avx512 | --gpu-only] [--part-size 60M]'
out= size= isa=avx2,avx512 alone=
while [ $# -gt 0 ]; do
    case $1 in
        --out | --isa | --part-size) [ $# -ge 2 ] || fail "$1 needs a value. $usage" ;;
    esac
    case $1 in
        --out) out=$2; shift ;;
        --isa) isa=$2; shift ;;
        --part-size) size=$2; shift ;;
        --gpu-only) alone=yes ;;
        -h | --help)
            cat <<'HELP'
Usage: dl4k [--cuda] bundle --out DIR [--isa LIST | --gpu-only] [--part-size SIZE]
Packs a Java runtime, the application and its natives for a machine like this one
without JDK, Maven and network.
      --out DIR         Where to write; must not exist yet.
      --isa LIST        Builds of ND4J for the CPU: any of generic, avx2, avx512 with
                        commas between (default: avx2,avx512).
      --gpu-only        Only what 'gpu-check' needs: the executor for CUDA 13 and what
                        this machine's processor computes, to compare with. No ND4J,
                        no training of competitions; a sixth of the size.
      --part-size SIZE  Cut the archive into parts of at most this size: 60M.
HELP
            exit 0
            ;;
        *) fail "bundle does not know '$1'. $usage" ;;
    esac
    shift
done
[ -n "$out" ] || fail "bundle needs --out DIR. $usage"
[ ! -e "$out" ] || fail "$out is there already. Name a folder that is not."
case $size in
    '' | [1-9]*[KMG] | [1-9]*[0-9] | [1-9]) ;;
    *) fail "--part-size must be a number of bytes, or end in K, M or G, got '$size'." ;;
esac
# Each word must be known, and there must be one.
left=,$isa,
for known in generic avx2 avx512; do left=$(printf '%s' "$left" | sed "s/,$known,/,/"); done
[ -n "$isa" ] && [ "$left" = , ] || fail "--isa takes generic, avx2 and avx512 with commas between, got '$isa'."
[ -z "$alone" ] || case $BUNDLE_CLASSPATH in
    *nd4j-cuda*) fail "--gpu-only is of the executor for CUDA 13: leave out --cuda." ;;
esac
jlink=$(dirname "$(readlink -f "$BUNDLE_JAVA")")/jlink
[ -x "$jlink" ] || fail "there is no jlink beside $BUNDLE_JAVA. Set JAVA_HOME to a JDK; a JRE cannot make another."
for tool in tar xz split sha256sum; do
    command -v "$tool" > /dev/null || fail "the tool '$tool' was not found. Install it."
done

parent=$(CDPATH='' cd "$(dirname "$out")" 2> /dev/null && pwd -P) || fail "there is no folder $(dirname "$out") to write in."
work=$(mktemp -d "$parent/.dl4k-bundle.XXXXXX") || fail "cannot write beside $out." 1
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
mkdir -p "$work/dl4k/lib" "$work/out"

# java.desktop is not among them: nothing here draws. jdk.unsupported is JavaCPP's, jdk.httpserver the live view's.
modules=java.base,java.logging,java.management,java.xml,jdk.management,jdk.unsupported
[ -n "$alone" ] || modules=$modules,java.naming,java.sql,jdk.httpserver,jdk.zipfs,jdk.crypto.ec
"$jlink" --add-modules "$modules" --strip-debug --no-header-files --no-man-pages --output "$work/dl4k/jre" || fail "jlink failed, see above." 1

# Zipped machine code hardly shrinks again: the large jars go in as they are inside, so that xz finds what is alike.
add() {
    if [ "$(wc -c < "$1")" -lt 4000000 ]; then
        cp "$1" "$work/dl4k/lib/"
        return
    fi
    # Of the presets for a GPU alone, only the libraries that are called.
    mkdir "$work/jar" && (cd "$work/jar" && "$(dirname "$jlink")/jar" xf "$1" \
        && { [ -z "$alone" ] || find . -name 'libjni*.so' ! -name libjnicudart.so ! -name libjnicublas.so ! -name libjnicudnn.so ! -name libjninvrtc.so -exec rm {} +; } && "$(dirname "$jlink")/jar" cf0M "$work/dl4k/lib/$(basename "$1")" .) && rm -rf "$work/jar"
}
(
    IFS=:
    set -f
    for jar in $BUNDLE_CLASSPATH; do
        case $jar in
            *nd4j-native-*-avx512.jar) build=avx512 ;;
            *nd4j-native-*-avx2.jar) build=avx2 ;;
            *nd4j-native-[0-9]*-x86_64.jar) build=generic ;;
            *) build= ;;
        esac
        case ,$isa, in
            *,"$build",*) ;;
            *) [ -z "$build" ] || continue ;;
        esac
        # Of ours, of the command line and of the presets: what the executor's own class path is.
        case $alone/$(basename "$jar") in
            /* | yes/dl4j-models-* | yes/kaggle-* | yes/picocli-* | yes/jackson-[acd]* | yes/javacpp-* | yes/cuda-*) ;;
            *) continue ;;
        esac
        add "$jar" || exit 1
    done
) || fail "a jar cannot be packed, see above." 1

entry=io.dl4k.kaggle.cli.Main
if [ -n "$alone" ]; then
    entry=io.dl4k.kaggle.cli.GpuMain
    printf 'dl4k: computing what the GPU is compared with (a minute or two)\n' >&2
    "$BUNDLE_JAVA" -XX:MaxRAMPercentage=50 -cp "$BUNDLE_CLASSPATH" io.dl4k.kaggle.cli.Main gpu-check --make-fixtures "$work/dl4k/fixtures" > /dev/null || fail "the fixtures cannot be made, see above." 1
fi
# Results of a machine without the sources name them by this.
git -C "$(dirname "$0")" describe --always --dirty > "$work/dl4k/commit" 2> /dev/null || echo unknown > "$work/dl4k/commit"
cat > "$work/dl4k/run.sh" <<'RUN'
#!/bin/sh
# DL4K without an installation: ./run.sh COMMAND …, as ./dl4k COMMAND … elsewhere.
here=$(CDPATH='' cd "$(dirname "$(readlink -f "$0")")" && pwd -P) || exit 1
: "${OMP_WAIT_POLICY:=PASSIVE}" "${OPENBLAS_THREAD_TIMEOUT:=4}" "${CUDA_DEVICE_ORDER:=PCI_BUS_ID}"
export OMP_WAIT_POLICY OPENBLAS_THREAD_TIMEOUT CUDA_DEVICE_ORDER
options=
[ -t 2 ] && options=-Ddl4k.stderr.terminal=true
options="$options -Ddl4k.commit=$(cat "$here/commit")"
if [ "${1:-}" = gpu-check ] && [ -e "$here/fixtures" ]; then
    shift
    set -- gpu-check --fixtures "$here/fixtures" "$@"
fi
# shellcheck disable=SC2086 # options are split on purpose
exec "$here/jre/bin/java" -XX:MaxRAMPercentage=50 $options ${DL4K_JAVA_OPTS:-} -cp "$here/lib/*" ENTRY "$@"
RUN
sed -i "s/ ENTRY / $entry /" "$work/dl4k/run.sh"
chmod +x "$work/dl4k/run.sh"

tar -C "$work" -cf - dl4k | xz --x86 --lzma2=preset=4,dict=64MiB -T0 > "$work/out/dl4k.tar.xz" || fail "the archive cannot be written, see above." 1
if [ -n "$size" ]; then
    (cd "$work/out" && split -b "$size" -d -a 3 dl4k.tar.xz dl4k.tar.xz. && rm dl4k.tar.xz) || fail "the archive cannot be cut, see above." 1
fi
cat > "$work/out/unpack.sh" <<'UNPACK'
#!/bin/sh
# Checks the parts and unpacks them into ./dl4k of the folder it is called in: sh unpack.sh, then dl4k/run.sh --help
set -e
from=$(CDPATH='' cd "$(dirname "$0")" && pwd -P)
(cd "$from" && sha256sum -c --quiet SHA256SUMS)
cat "$from"/dl4k.tar.xz* | tar -xJf -
echo "unpacked: dl4k/run.sh"
UNPACK
(cd "$work/out" && sha256sum dl4k.tar.xz* > SHA256SUMS)
mv "$work/out" "$out" || fail "$out cannot be written." 1
printf 'bundle %s parts=%s bytes=%s unpacked=%sK\n' "$out" "$(find "$out" -name 'dl4k.tar.xz*' | wc -l | tr -d ' ')" "$(cat "$out"/dl4k.tar.xz* | wc -c | tr -d ' ')" "$(du -sk "$work/dl4k" | cut -f1)"
