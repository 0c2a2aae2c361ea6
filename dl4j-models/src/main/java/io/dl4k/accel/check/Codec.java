package io.dl4k.accel.check;

import io.dl4k.accel.program.Rate;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Records of records, sealed kinds of records, enums, lists, arrays and numbers, as bytes. Names come from the declared types alone: no class is ever loaded by a name in
 *  the bytes. Rates become the numbers that they are in the first steps. */
final class Codec {
    /** More is damage: the largest array that is kept is 20,000 cells long. */
    private static final int LONGEST = 1 << 20;

    private final int rates;

    /** @param rates how many steps rates are asked for */
    Codec(int rates) {
        this.rates = rates;
    }

    /** A rate that was kept.
     *
     *  @param values by iteration; the last one from then on */
    record Kept(double[] values) implements Rate {
        @Override public double at(int iteration, int epoch) {
            return values[Math.min(iteration, values.length - 1)];
        }
    }

    private static Class<?> raw(Type type) {
        return type instanceof ParameterizedType p ? (Class<?>) p.getRawType() : (Class<?>) type;
    }

    /** @throws IllegalArgumentException for what is none of the kinds above */
    void write(DataOutput out, Type type, Object value) throws IOException {
        Class<?> c = raw(type);
        if (c == int.class || c == Integer.class) out.writeInt((Integer) value);
        else if (c == long.class || c == Long.class) out.writeLong((Long) value);
        else if (c == float.class) out.writeFloat((Float) value);
        else if (c == double.class || c == Double.class) out.writeDouble((Double) value);
        else if (c == boolean.class) out.writeBoolean((Boolean) value);
        else if (c == String.class) out.writeUTF((String) value);
        else if (c == float[].class) {
            out.writeInt(((float[]) value).length);
            for (float v : (float[]) value) out.writeFloat(v);
        } else if (c == double[].class) {
            out.writeInt(((double[]) value).length);
            for (double v : (double[]) value) out.writeDouble(v);
        } else {
            out.writeBoolean(value != null);
            if (value == null) return;
            if (c.isEnum()) {
                out.writeUTF(((Enum<?>) value).name());
            } else if (c == List.class) {
                out.writeInt(((List<?>) value).size());
                for (Object each : (List<?>) value) write(out, ((ParameterizedType) type).getActualTypeArguments()[0], each);
            } else if (c == Rate.class) {
                double[] values = new double[rates];
                for (int i = 0; i < rates; i++) values[i] = ((Rate) value).at(i, 0);
                write(out, double[].class, values);
            } else if (c.isRecord()) {
                for (RecordComponent part : c.getRecordComponents()) write(out, part.getGenericType(), part(part, value));
            } else if (c.isSealed()) {
                out.writeUTF(value.getClass().getSimpleName());
                write(out, value.getClass(), value);
            } else {
                throw new IllegalArgumentException(c.getName() + " cannot be kept");
            }
        }
    }

    private static Object part(RecordComponent part, Object of) {
        try {
            part.getAccessor().setAccessible(true);
            return part.getAccessor().invoke(of);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException(part + " cannot be read", e);
        }
    }

    /** @throws IOException if the bytes are not what {@link #write} made of this type */
    Object read(DataInput in, Type type) throws IOException {
        Class<?> c = raw(type);
        if (c == int.class || c == Integer.class) return in.readInt();
        if (c == long.class || c == Long.class) return in.readLong();
        if (c == float.class) return in.readFloat();
        if (c == double.class || c == Double.class) return in.readDouble();
        if (c == boolean.class) return in.readBoolean();
        if (c == String.class) return in.readUTF();
        if (c == float[].class) {
            float[] values = new float[length(in)];
            for (int i = 0; i < values.length; i++) values[i] = in.readFloat();
            return values;
        }
        if (c == double[].class) {
            double[] values = new double[length(in)];
            for (int i = 0; i < values.length; i++) values[i] = in.readDouble();
            return values;
        }
        if (!in.readBoolean()) return null;
        if (c.isEnum()) {
            String name = in.readUTF();
            return Arrays.stream(c.getEnumConstants()).filter(e -> ((Enum<?>) e).name().equals(name)).findFirst().orElseThrow(() -> new IOException("no " + c.getSimpleName() + " " + name));
        }
        if (c == List.class) {
            List<Object> list = new ArrayList<>();
            for (int n = length(in); n > 0; n--) list.add(read(in, ((ParameterizedType) type).getActualTypeArguments()[0]));
            return list;
        }
        if (c == Rate.class) {
            double[] values = (double[]) read(in, double[].class);
            if (values.length == 0) throw new IOException("a rate without a number");
            return new Kept(values);
        }
        if (c.isSealed() && !c.isRecord()) {
            String name = in.readUTF();
            return read(in, Arrays.stream(c.getPermittedSubclasses()).filter(k -> k.getSimpleName().equals(name)).findFirst().orElseThrow(() -> new IOException("no " + c.getSimpleName() + " " + name)));
        }
        if (!c.isRecord()) throw new IllegalArgumentException(c.getName() + " cannot be kept");
        RecordComponent[] parts = c.getRecordComponents();
        Object[] values = new Object[parts.length];
        for (int i = 0; i < parts.length; i++) values[i] = read(in, parts[i].getGenericType());
        try {
            var constructor = c.getDeclaredConstructor(Arrays.stream(parts).map(RecordComponent::getType).toArray(Class<?>[]::new));
            constructor.setAccessible(true);
            return constructor.newInstance(values);
        } catch (InvocationTargetException | NullPointerException e) {
            throw new IOException("no " + c.getSimpleName() + " of " + Arrays.toString(values), e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(c + " cannot be made", e);
        }
    }

    private static int length(DataInput in) throws IOException {
        int n = in.readInt();
        if (n < 0 || n > LONGEST) throw new IOException("an array of " + n + " numbers");
        return n;
    }
}
