"""Picture of the way that data goes, for the README: `python docs/flow.py` writes docs/flow.svg."""

from html import escape
from pathlib import Path

PICTURE = Path(__file__).with_name("flow.svg")
PAPER, INK, QUIET, MARK = "#fdfdfb", "#1c2228", "#58626c", "#1a5a96"
WIDTH, HEIGHT, LEFT, STEP = 960, 216, 28, 184
ROOMS = (
    ("ask", "study.toml, Question", ("What is asked is said", "before any data is", "read: what goes with", "what, among whom")),
    ("load", "Data", ("Tables are checked and", "joined in order of time;", "what breaks a rule is", "counted, not dropped")),
    ("relate", "Relation", ("One method, one table", "of estimates, each with", "interval, n and checks;", "computed in the engine")),
    ("conclude", "Finding, Figure", ("Numbers become a", "sentence, a word of", "strength and a picture,", "never more than is known")),
    (
        "publish",
        "Run, report pages",
        ("Notebooks run with typed", "parameters and become", "pages without code that", "can be read offline"),
    ),
)
SAID = "Data goes through five rooms. " + " ".join(f"{name}: {' '.join(lines)}. It makes {noun}." for name, noun, lines in ROOMS)


def main() -> None:
    """Write docs/flow.svg."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(SAID)}" '
        'font-family="system-ui, sans-serif" font-size="13">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{PAPER}"/>',
        *(part for number, room in enumerate(ROOMS) for part in drawn(LEFT + number * STEP, *room)),
        *(arrow(LEFT + number * STEP) for number in range(1, len(ROOMS))),
        "</svg>",
    ]
    PICTURE.write_text("\n".join(parts) + "\n", encoding="utf-8")


def drawn(x: int, name: str, noun: str, lines: tuple[str, ...]) -> list[str]:
    """Return name, noun and explanation of one room."""
    text = "".join(f'<tspan x="{x}" dy="21">{escape(line)}</tspan>' for line in lines)
    return [
        f'<path d="M{x} 74H{x + STEP - 24}" stroke="{INK}" stroke-width="2"/>',
        f'<text x="{x}" y="58" fill="{INK}" font-family="Charter, Georgia, serif" font-size="25" font-weight="700">{name}</text>',
        f'<text x="{x}" y="82" fill="{QUIET}">{text}</text>',
        f'<text x="{x}" y="192" fill="{MARK}" font-weight="600">{escape(noun)}</text>',
    ]


def arrow(x: int) -> str:
    """Return the arrow that leads to a room from the one before."""
    return f'<path d="M{x - 22} 74h12m-5 -5l5 5l-5 5" fill="none" stroke="{MARK}" stroke-width="2"/>'


if __name__ == "__main__":
    main()
