package io.dl4k.hardware;

import java.io.IOException;
import java.net.URL;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Optional;

/**
 * The application's class loader, but the services of ND4J's other backend are not there. With both backends on the class path ND4J asks each whether it can run,
 * CUDA first, which loads its natives and may take a GPU that it has no code for; a profile has decided already.
 */
final class OneBackendLoader extends ClassLoader {
    static final String CPU = "org.nd4j.linalg.cpu.nativecpu.CpuBackend";
    static final String CUDA = "org.nd4j.linalg.jcublas.JCublasBackend";

    private static final String SERVICES = "META-INF/services/org.nd4j.";

    /** Where the other backend's services lie: the root of its jar or folder. */
    private final Optional<String> hidden;

    /** @param backend the one that stays, {@link #CPU} or {@link #CUDA} */
    OneBackendLoader(ClassLoader parent, String backend) {
        super(parent);
        String other = (backend.equals(CPU) ? CUDA : CPU).replace('.', '/') + ".class";
        hidden = Optional.ofNullable(parent.getResource(other)).map(URL::toString).map(url -> url.substring(0, url.length() - other.length()));
    }

    @Override
    public Enumeration<URL> getResources(String name) throws IOException {
        Enumeration<URL> all = super.getResources(name);
        if (hidden.isEmpty() || !name.startsWith(SERVICES)) return all;
        List<URL> kept = Collections.list(all);
        kept.removeIf(url -> url.toString().startsWith(hidden.get()));
        return Collections.enumeration(kept);
    }
}
