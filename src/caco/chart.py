"""Line charts as SVG, small enough to write by hand and to read in a diff."""

from collections.abc import Mapping, Sequence
from html import escape

WIDTH, HEIGHT = 640, 320
_LEFT, _RIGHT, _TOP, _BOTTOM = 60, 220, 40, 40
_COLOURS = ("#1b6ca8", "#c8553d", "#3a7d44", "#8e5aa8", "#b8860b")


def line_chart(
    title: str, x: str, lines: Mapping[str, Sequence[tuple[float, float]]], *, from_zero: bool = False
) -> str:
    """An SVG of named lines over a common scale; each line is its (x, y) points. `x` names the horizontal axis."""
    points = [point for line in lines.values() for point in line] or [(0.0, 0.0)]
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    low, high = (min(0.0, *ys) if from_zero else min(ys)), max(ys)
    scale = _Scale(min(xs), max(xs), low, high if high > low else low + 1)
    drawn = [_line(i, name, line, scale) for i, (name, line) in enumerate(lines.items())]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
        f'font-size="12">\n<title>{escape(title)}</title>\n<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>\n'
        f'<text x="{_LEFT}" y="22" font-size="14">{escape(title)}</text>\n'
        f"{_axes(x, scale)}\n{''.join(drawn)}</svg>\n"
    )


class _Scale:
    def __init__(self, left: float, right: float, low: float, high: float) -> None:
        self.left, self.right, self.low, self.high = left, right, low, high

    def at(self, x: float, y: float) -> tuple[float, float]:
        across = (x - self.left) / (self.right - self.left) if self.right > self.left else 0.5
        up = (y - self.low) / (self.high - self.low)
        return (
            round(_LEFT + across * (WIDTH - _LEFT - _RIGHT), 1),
            round(HEIGHT - _BOTTOM - up * (HEIGHT - _TOP - _BOTTOM), 1),
        )


def _axes(x: str, scale: _Scale) -> str:
    bottom, right = HEIGHT - _BOTTOM, WIDTH - _RIGHT
    marks = [f'<polyline points="{_LEFT},{_TOP} {_LEFT},{bottom} {right},{bottom}" fill="none" stroke="#888"/>']
    for share in (0, 0.5, 1):
        value = scale.low + share * (scale.high - scale.low)
        marks.append(f'<text x="{_LEFT - 6}" y="{scale.at(0, value)[1] + 4}" text-anchor="end">{value:.3g}</text>')
    for value in sorted({scale.left, scale.right}):
        marks.append(f'<text x="{scale.at(value, 0)[0]}" y="{bottom + 16}" text-anchor="middle">{value:g}</text>')
    marks.append(f'<text x="{(_LEFT + right) / 2}" y="{HEIGHT - 8}" text-anchor="middle">{escape(x)}</text>')
    return "\n".join(marks)


def _line(i: int, name: str, line: Sequence[tuple[float, float]], scale: _Scale) -> str:
    colour = _COLOURS[i % len(_COLOURS)]
    places = [scale.at(*point) for point in line]
    path = " ".join(f"{x},{y}" for x, y in places)
    dots = "".join(f'<circle cx="{x}" cy="{y}" r="3" fill="{colour}"/>' for x, y in places) if len(places) < 30 else ""
    y = _TOP + 16 * (i + 1)
    label = f'<text x="{WIDTH - _RIGHT + 12}" y="{y}" fill="{colour}">{escape(name)}</text>'
    return f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.5"/>{dots}{label}\n'
