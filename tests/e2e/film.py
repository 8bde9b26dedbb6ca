"""Films for Chromium's fake camera: still scenes, one after another, which begin anew after the last."""

from pathlib import Path

from PIL import Image

SIZE = (640, 480)
FRAMES_A_SECOND = 2


def shoot(path: Path, *scenes: tuple[Image.Image | None, int]) -> Path:
    """Film each picture for its seconds, None being an empty gate, and return the film's path (Y4M)."""
    width, height = SIZE
    colourless = b"\x80" * (width * height // 2)
    with path.open("wb") as film:
        film.write(f"YUV4MPEG2 W{width} H{height} F{FRAMES_A_SECOND}:1 Ip A1:1 C420\n".encode())
        for picture, seconds in scenes:
            frame = b"FRAME\n" + _scene(picture).tobytes() + colourless
            film.write(frame * (seconds * FRAMES_A_SECOND))
    return path


def _scene(picture: Image.Image | None) -> Image.Image:
    gate = Image.new("L", SIZE, 90)
    if picture is not None:
        # As large as an officer holds a phone before the frame on the page.
        side = SIZE[1] * 5 // 6
        held = picture.convert("L").resize((side, side * picture.height // picture.width))
        gate.paste(held, ((SIZE[0] - held.width) // 2, (SIZE[1] - held.height) // 2))
    return gate
