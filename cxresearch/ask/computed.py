"""What study.toml says about quantities that are made from others: scores as means of items, shares, names of themes."""

from cxresearch.ask.study_schema import COLUMNS, Section

SIDES = ("higher", "lower", "neither")
WORDS = 3


def read_means(section: Section) -> dict[str, tuple[str, ...]]:
    """Return score -> items: ``[means] quality = ["clear", "quick"]``.

    Raises
    ------
    StudyError
        Where a score has fewer than two items, an item twice, itself as an item, or the name of a canonical column.
    """
    found = {name: section.texts(name) for name in section.values}
    canonical = {column for columns in COLUMNS.values() for column in columns}
    for name, items in found.items():
        if len(items) < 2:
            raise section.refuse(name, f"names {len(items)} item; a mean takes two or more.")
        if len(set(items)) < len(items):
            raise section.refuse(name, f'names "{next(item for item in items if items.count(item) > 1)}" twice.')
        if set(items) & set(found):
            raise section.refuse(
                name, f'is made of "{next(item for item in items if item in found)}", which is a mean itself; name the items.'
            )
        if name in canonical:
            raise section.refuse(name, "is the name of a canonical column; choose another.")
    return found


def read_themes(section: Section) -> dict[str, str]:
    """Return theme -> name: ``[voice.names] "bill invoice wrong" = "Wrong bills"``.

    Raises
    ------
    StudyError
        Where a key is not three words, or a name is empty.
    """
    names = section.only(("names",)).section("names")
    found = names.mapping()
    for key, name in found.items():
        if len(key.split()) != WORDS:
            raise names.refuse(
                f'"{key}"', f"has {len(key.split())} words; a theme is named by its {WORDS} top words, as the table shows them."
            )
        if not name.strip():
            raise names.refuse(f'"{key}"', "is empty; write the name that people should read.")
    return {" ".join(key.split()): name.strip() for key, name in found.items()}
