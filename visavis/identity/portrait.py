"""Photos of staff: checked, cut to a square, and encoded anew, so that nothing of the upload is served."""

import io
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

from visavis.kernel import codes
from visavis.kernel.errors import Malformed

SIDE = 512
MOST_BYTES = 5_000_000
LEAST_SIDE = 96
FORMATS = ("JPEG", "PNG", "WEBP")
MEDIA_TYPE = "image/jpeg"


def encoded(data: bytes, most_pixels: int) -> bytes:
    """A 512 x 512 JPEG without metadata; raises `Malformed` for what is no image, too large, too small, or has a code.

    The header is read first: an image of more than `most_pixels` is refused before it is decoded.
    """
    if len(data) > MOST_BYTES:
        raise Malformed(field="photo", reason=f"too_many_bytes {MOST_BYTES}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            image = Image.open(io.BytesIO(data), formats=FORMATS)
            if image.width * image.height > most_pixels:
                raise Malformed(field="photo", reason=f"too_many_pixels {most_pixels}")
            if min(image.size) < LEAST_SIDE:
                raise Malformed(field="photo", reason=f"too_few_pixels {LEAST_SIDE}")
            upright = ImageOps.exif_transpose(image)
            square = ImageOps.fit(upright.convert("RGB"), (SIDE, SIDE), centering=(0.5, 0.4))
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise Malformed(field="photo", reason=f"too_many_pixels {most_pixels}") from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Warning):
        raise Malformed(field="photo", reason="JPEG, PNG, WebP") from None
    out = io.BytesIO()
    square.save(out, "JPEG", quality=86, optimize=True)
    if codes.of_picture(out.getvalue()) != codes.Contents(mute=True):
        raise Malformed(field="photo", reason="a code in the picture")
    return out.getvalue()
