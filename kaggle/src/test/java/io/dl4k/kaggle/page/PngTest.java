package io.dl4k.kaggle.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class PngTest {
    @Test
    void grey_sixPixels_areReadBackByTheJdk() throws Exception {
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(Png.grey(new byte[] {0, 1, (byte) 128, (byte) 255, 7, 9}, 3)));
        assertEquals(3, image.getWidth());
        assertEquals(2, image.getHeight());
        assertEquals(128, image.getRaster().getSample(2, 0, 0));
        assertEquals(255, image.getRaster().getSample(0, 1, 0));
        assertEquals(9, image.getRaster().getSample(2, 1, 0));
    }

    @Test
    void grey_noWholeRows_isRefused() {
        assertThrows(IllegalArgumentException.class, () -> Png.grey(new byte[5], 3));
    }
}
