"""The real studies: their raw files, from where they are published or from a folder at hand."""

import hashlib
import shutil
import warnings
from dataclasses import dataclass
from pathlib import Path

from cxresearch.ask.errors import DataError, nearest
from cxresearch.ask.study import Study, open_study
from cxresearch.load.contracts import check

UNTRIED = "The download could not be tried where this was written; where it fails, give a folder that holds the files (--from)."
COPIES = "https://raw.githubusercontent.com"
TELCO = f"{COPIES}/ChaitanyaC20/Customer-Churn/c06f0ebc086e1fe5eb86428371199837dee0594d"
OLIST = f"{COPIES}/cab-g/bravida-analytics-case/a28b37117a9e704bf19a7494e092858b713f6b9b/data"


@dataclass(frozen=True)
class RawFile:
    """One raw file: its name here, where it is published, and the SHA-256 of the file that the study was written for.

    `table`: name of the CSV that is made of it here, for text whose columns are apart by spaces.
    """

    name: str
    addresses: tuple[str, ...]
    sha256: str
    table: str = ""


SETS: dict[str, tuple[str, tuple[RawFile, ...]]] = {
    "sfo": (
        "sfo_survey",
        (
            RawFile(
                "2017_SFO_Customer_Survey.csv",
                ("https://data.sfgov.org/api/views/nnh5-5rwz/rows.csv?accessType=DOWNLOAD",),
                "171423b74247f1c0144a93104ef19265975be6a78c6665a7319d8efbc7d1493e",
            ),
        ),
    ),
    "incidents": (
        "incident_log",
        (
            RawFile(
                "incident_event_log.zip",
                (
                    "https://archive.ics.uci.edu/static/public/498/incident+management+process+enriched+event+log.zip",
                    f"{COPIES}/Venu212/Predicting-time-to-close-incident-Azure-ML-Capstone/58f1efd348e32262607b1f4647800404fc4a2315"
                    "/data/incident_event_log.zip",
                ),
                "6294e29a311647306bfdfc85783f7df66517c197b9cd49aa5ee36ba9c525d1d6",
            ),
        ),
    ),
    "olist": (
        "olist_sample",
        tuple(
            RawFile(f"olist_{name}_dataset.csv", (f"{OLIST}/olist_{name}_dataset.csv",), sha256)
            for name, sha256 in (
                ("orders", "b8e9fd39e834bb340b9ff9611196fc58fe361be09495d238aa97d44c4cf5a3ee"),
                ("customers", "cd6005d5a0c35d1488f5bdc22c22c9499037d1472bfd47d8837a619c5e79286f"),
                ("order_reviews", "e632efc8fac0b0f3f6829b57a4d65e3b194faf90ba9dd00e50dcdb63cdd7b3c6"),
            )
        ),
    ),
    "churn": (
        "iranian_churn",
        (
            RawFile(
                "Customer_Churn.csv",
                (f"{COPIES}/Sabreen-Nazar/Iranian_Churn/5e7a7632b1efe30aff8417cb78cf01c3f017ac75/Customer%20Churn.csv",),
                "72a4a660cba4166bab4f0c24e930d5453d1917e208c9ce2ed16b841347350dd3",
            ),
        ),
    ),
    "mobi": (
        "mobi_ecsi",
        (RawFile("mobi.csv", (), "eeedf61c7a980dda4c13cb39102d31da859e70d39d86f7d67437ad60e2e789ef"),),
    ),
    "telco": (
        "telco_ibm/v11_1_3",
        tuple(
            RawFile(f"Telco_customer_churn_{name}.xlsx", (f"{TELCO}/Telco_customer_churn_{name}.xlsx",), sha256)
            for name, sha256 in (
                ("status", "dc2a843f44b404eeea9d20110bb631c44e59b0add862b3070511d6e51a15ce75"),
                ("services", "22faeacac6dffbe1475629bcea71dd2f6dcc25928b82b48f03d643df7743eb5a"),
            )
        ),
    ),
    "cdnow": (
        "cdnow",
        (RawFile("CDNOW_master.txt", (), "eff6889ed364c5199d6eacbbeb7a6d559971df4406ac876f322c373f00a072ef", "CDNOW_orders.csv"),),
    ),
}
"""Study -> folder that may hold a copy, and its files."""


def fetch(name: str, *, source: str | Path | None = None, into: str | Path = "data") -> Path:
    """Bring the raw files of a real study into its folder, and hold them against its contracts.

    Parameters
    ----------
    name : str
        ``sfo``, ``incidents``, ``olist``, ``churn``, ``mobi``, ``telco`` or ``cdnow``.
    source : str or Path, optional
        Folder that holds the files, or the folder above it. Without it they are downloaded from where they are published;
        that path could not be tried where this was written.
    into : str or Path
        Folder of the studies; `into`/`name` holds the study.toml.

    Returns
    -------
    Path
        The study's folder.

    Raises
    ------
    DataError
        Where the name is unknown, a file is not in `source`, the download fails or is another file, or a contract is broken.
    StudyError
        Where there is no study.toml to fill.

    Warns
    -----
    UserWarning
        Where a file of `source` is not the one that the study was written for; its contracts decide.
    """
    if name not in SETS:
        raise DataError(f'"{name}" is no study to fetch; {nearest(name, SETS)}')
    study = open_study(Path(into) / name)
    folder, files = SETS[name]
    for file in files:
        if source is None:
            _download(study, file)
        else:
            _copy(study, file, Path(source), folder)
        if file.table:
            _spread(study.folder / file.name, study.folder / file.table)
    check(study.folder)
    return study.folder


def _copy(study: Study, file: RawFile, source: Path, folder: str) -> None:
    places = [source / file.name, source / folder / file.name]
    found = next((place for place in places if place.is_file()), None)
    if found is None:
        raise DataError(f"{file.name} is neither in {source} nor in {source / folder}; give the folder that holds it.")
    _warn_of_another(found, file)
    _place(found, study.folder / file.name)


def _place(found: Path, target: Path) -> None:
    """Copy a file in one step: a copy that breaks off never looks like the file."""
    if target.exists() and target.samefile(found):
        return
    draft = target.with_name(f".{target.name}.part")
    shutil.copyfile(found, draft)
    draft.replace(target)


def _spread(found: Path, target: Path) -> None:
    """Write a text whose columns are apart by spaces as CSV, in one step."""
    draft = target.with_name(f".{target.name}.part")
    lines = found.read_text(encoding="ascii").split("\n")
    draft.write_text("".join(f"{','.join(line.split())}\n" for line in lines if line.strip()), encoding="ascii")
    draft.replace(target)


def _warn_of_another(found: Path, file: RawFile) -> None:
    seen = sha256_of(found)
    if seen != file.sha256:
        warnings.warn(
            f"{found}: the SHA-256 is {seen}, known is {file.sha256}: not the file that the study was written for. Its contracts decide.",
            stacklevel=4,
        )


def _download(study: Study, file: RawFile) -> None:
    import pooch

    if not file.addresses:
        raise DataError(f"{file.name} is not published in this form (data/README.md says what it was made from); give its folder (--from).")
    failures = []
    for address in file.addresses:
        try:
            pooch.retrieve(address, known_hash=f"sha256:{file.sha256}", fname=file.name, path=study.folder)
            return
        except Exception as error:
            failures.append(f"{address}: {str(error).splitlines()[0] if str(error) else type(error).__name__}")
    raise DataError(f"{file.name} could not be fetched. {' '.join(failures)} {UNTRIED}")


def sha256_of(file: Path) -> str:
    """Return the SHA-256 of a file, in hex digits."""
    with file.open("rb") as bytes_:
        return hashlib.file_digest(bytes_, "sha256").hexdigest()
