"""The card that a noun shows in JupyterLab: light or dark as the theme is, wide or narrow as the cell is."""

from cxresearch.ask.check import Check
from cxresearch.conclude.escape import html, plain
from cxresearch.conclude.words.display import upper_first

_LIGHT = "--paper:#fdfdfb;--ink:#1c2228;--quiet:#58626c;--rule:#c9cfd4;--band:#e4e8ea;--mark:#1a5a96;--point:#a4470c"
_DARK = "--paper:#14181c;--ink:#e6e8e8;--quiet:#a3adb5;--rule:#3d464e;--band:#2b333a;--mark:#85b8e8;--point:#eda06a"
STYLE = f"""<style>
.cxr{{{_LIGHT};color:var(--jp-ui-font-color1,var(--ink));font:14px/1.5 var(--jp-ui-font-family,system-ui,sans-serif);
max-width:800px;padding:.4em 0;container-type:inline-size;font-variant-numeric:tabular-nums}}
[data-jp-theme-light=false] .cxr,.vscode-dark .cxr{{{_DARK}}}
.cxr p{{margin:.3em 0;max-width:42rem}}.cxr .lead{{font-size:17px;line-height:1.35;font-weight:600}}
.cxr .quiet,.cxr caption span{{color:var(--quiet);font-weight:400;display:block}}
.cxr .chart{{display:block;width:100%;height:auto;overflow:visible}}.cxr .scroll{{overflow-x:auto}}.cxr .broad+.narrow{{display:none}}
.cxr table{{border-collapse:collapse;margin:.6em 0;font-size:13px;border:0;table-layout:auto}}
.cxr caption{{text-align:left;font-weight:600;padding-bottom:.4em;caption-side:top;color:inherit}}
.cxr tr,.cxr tbody tr:nth-child(n),.cxr tbody tr:hover{{background:none}}
.cxr th,.cxr td{{text-align:right;vertical-align:top;padding:.35em 0 .35em 1.4em;border:0;border-top:1px solid var(--rule);
font-weight:400;background:none;max-width:none}}
.cxr th:first-child{{text-align:left;padding-left:0}}.cxr tbody th{{font-weight:600}}.cxr .said td,.cxr .said th{{text-align:left}}
.cxr th.sub{{padding-left:1.4em!important;font-weight:400!important}}.cxr tbody th span{{display:block;color:var(--quiet);font-weight:400}}
.cxr .failed,.cxr .doubt{{color:var(--point);font-weight:600}}.cxr .passed,.cxr .done,.cxr .none{{font-weight:600}}
.cxr a{{color:var(--mark)}}
.cxr summary{{cursor:pointer;font-weight:600;margin:.5em 0}}.cxr code{{font-size:12.5px;color:inherit;background:none}}
@container (max-width:560px){{.cxr .broad{{display:none}}.cxr .broad+.narrow{{display:block}}
.cxr th,.cxr td{{padding-left:.9em}}}}
</style>"""


def card(inner: str) -> str:
    """Return HTML as a card that brings its own look."""
    return f'{STYLE}<div class="cxr">{inner}</div>'


def check_line(check: Check) -> str:
    """Return one check as a line; what follows a line break is quieter.

    Examples
    --------
    >>> check_line(Check("order", "passed", "All in order."))
    '<p><span class="passed">Passed</span>: All in order.</p>'
    """
    said, _, more = check.detail.partition("\n")
    quiet = f'<span class="quiet">{html(more)}</span>' if more else ""
    return f'<p><span class="{html(check.status)}">{html(upper_first(check.status))}</span>: {html(said)}{quiet}</p>'


def check_text(check: Check) -> str:
    """Return one check as plain text."""
    return f"{upper_first(check.status)}: {plain(check.detail)}"
