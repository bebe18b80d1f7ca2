"""Draw Hearth's marks: a fireplace with a fire in it, and the name beside it.

Run with `uv run python script/brand.py` after a change here; what it writes is committed. The letters are strokes drawn
for this project, so that no font and no font licence is involved.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
import shutil
import sys

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
BRAND = ROOT / "custom_components/hearth/brand"
APP = ROOT / "addon"
SVG = ROOT / "docs/images"

ICON_BOX = (0, 0, 256, 256)
LOGO_BOX = (0, 0, 848, 256)
# The app store shows a logo of 250 x 100; the mark gets air above and below to fit that shape.
STORE_BOX = (-28, -53, 904, 362)

_FLAME = "M128 92c10 27 44 46 44 86a44 44 0 0 1-88 0c0-19 9-31 17-43 3 9 7 14 13 16 11-15 16-36 14-59z"
_CORE = "M131 152c5 14 21 23 21 41a23 23 0 0 1-46 0c0-10 5-16 9-22 2 4 4 6 7 7 6-8 9-15 9-26z"
_LETTERS = (
    (0, "M0 0V112M66 0V112M0 56H66"),
    (106, "M0 80H64A32 32 0 1 0 52 105"),
    (208, "M64 80A32 32 0 1 0 0 80A32 32 0 1 0 64 80M64 48V112"),
    (312, "M0 48V112M0 80A32 32 0 0 1 32 48H38"),
    (402, "M0 18V88A24 24 0 0 0 24 112H30M-20 48H28"),
    (466, "M0 0V112M0 80A32 32 0 0 1 64 80V112"),
)


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours that depend on what the mark stands on."""

    mantel: str
    bricks: str
    opening: str
    letters: str


LIGHT = Palette(mantel="#8f3a22", bricks="#c4552f", opening="#2b1d19", letters="#3a2620")
DARK = Palette(mantel="#c9623c", bricks="#e4814f", opening="#2b1d19", letters="#f6ece6")


def mark(palette: Palette) -> str:
    """Return the fireplace as SVG elements in a box of 256 by 256."""
    return f"""
  <defs>
    <linearGradient id="flame" x1="0" y1="0" x2="0" y2="1">
      <stop offset="0" stop-color="#ffb627"/><stop offset="1" stop-color="#ff6b1a"/>
    </linearGradient>
  </defs>
  <path fill="{palette.bricks}" d="M28 56H228V238a10 10 0 0 1-10 10H38a10 10 0 0 1-10-10z"/>
  <path fill="{palette.opening}" d="M60 248V148a68 68 0 0 1 136 0V248z"/>
  <rect fill="{palette.mantel}" x="4" y="8" width="248" height="52" rx="16"/>
  <path fill="url(#flame)" d="{_FLAME}" transform="translate(0 14)"/>
  <path fill="#ffe39a" d="{_CORE}" transform="translate(-1 16)"/>"""


def name(palette: Palette) -> str:
    """Return the word Hearth as SVG elements, to the right of the mark."""
    letters = "".join(f'<path transform="translate({x} 0)" d="{path}"/>' for x, path in _LETTERS)
    return f"""
  <g transform="translate(302 78)" fill="none" stroke="{palette.letters}" stroke-width="22"
     stroke-linecap="round" stroke-linejoin="round">{letters}</g>"""


def picture(body: str, box: tuple[int, int, int, int]) -> str:
    """Return a whole SVG document."""
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{" ".join(map(str, box))}">{body}\n</svg>\n'


def pictures() -> Iterator[tuple[Path, str, int, int]]:
    """Yield each PNG to write: its path, its SVG, its width and its height in pixels."""
    for prefix, palette in (("", LIGHT), ("dark_", DARK)):
        icon = picture(mark(palette), ICON_BOX)
        logo = picture(mark(palette) + name(palette), LOGO_BOX)
        for suffix, scale in (("", 1), ("@2x", 2)):
            yield BRAND / f"{prefix}icon{suffix}.png", icon, 256 * scale, 256 * scale
            yield BRAND / f"{prefix}logo{suffix}.png", logo, 424 * scale, 128 * scale
    yield APP / "icon.png", picture(mark(LIGHT), ICON_BOX), 128, 128
    # The store shows one logo in both themes: the bright letters of the dark one would vanish on white.
    store = Palette(LIGHT.mantel, LIGHT.bricks, LIGHT.opening, letters="#a8573c")
    yield APP / "logo.png", picture(mark(store) + name(store), STORE_BOX), 250, 100


def main() -> int:
    """Write the SVG sources and every PNG; return a process exit status."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        print("script/brand.py needs Chromium, e.g. Debian's package chromium.", file=sys.stderr)
        return 1
    SVG.mkdir(parents=True, exist_ok=True)
    BRAND.mkdir(parents=True, exist_ok=True)
    for prefix, palette in (("", LIGHT), ("dark_", DARK)):
        (SVG / f"{prefix}logo.svg").write_text(picture(mark(palette) + name(palette), LOGO_BOX))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for path, svg, width, height in pictures():
            page = browser.new_page(viewport={"width": width, "height": height})
            page.set_content(f"<style>body{{margin:0}}svg{{display:block;width:{width}px}}</style>{svg}")
            page.screenshot(path=path, omit_background=True)
            page.close()
            print(path.relative_to(ROOT))
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
