"""A bar chart as SVG, without a library: bars from the top, the first one is the measure."""

from __future__ import annotations

from html import escape

WIDTH, LABELS, ROW = 760, 330, 26


def bars(title: str, values: dict[str, float], unit: str) -> str:
    """Give the SVG text; every value is written behind its bar."""
    most = max(values.values()) or 1
    room = WIDTH - LABELS - 90
    height = ROW * len(values) + 44
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}"'
        f' viewBox="0 0 {WIDTH} {height}" role="img" font-family="sans-serif" font-size="13">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        f'<text x="8" y="22" font-weight="bold" fill="#222222">{escape(title)}</text>',
    ]
    for place, (name, value) in enumerate(values.items()):
        top = 34 + place * ROW
        length = max(1, round(room * value / most))
        color = "#0072B2" if name.startswith("this project") else "#999999"
        lines += [
            f'<text x="{LABELS - 8}" y="{top + 15}" text-anchor="end" fill="#222222">'
            f"{escape(name)}</text>",
            f'<rect x="{LABELS}" y="{top + 2}" width="{length}" height="18" fill="{color}"/>',
            f'<text x="{LABELS + length + 6}" y="{top + 15}" fill="#222222">'
            f"{value:.2f} {escape(unit)}</text>",
        ]
    return "\n".join([*lines, "</svg>", ""])
