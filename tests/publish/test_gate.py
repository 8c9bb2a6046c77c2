"""The last look: what may never be on a page."""

import pytest

from cxresearch.publish.gate import faults


@pytest.mark.parametrize(
    "html",
    [
        "<script>x</script>",
        "<SCRIPT src=x></SCRIPT>",
        "<img src=x onerror=alert(1) alt=a>",
        "<a href='javascript:x'>a</a>",
        "<a href='java\nscript:x'>a</a>",
        "<a href=' data:text/html,x'>a</a>",
        "<iframe></iframe>",
        "<img src='https://e.org/a.png' alt='a'>",
        "<img src='//e.org/a.png' alt='a'>",
        "<link rel=stylesheet href=x>",
        "<style>@import 'x'</style>",
        "<style>a{background:url(http://e.org)}</style>",
        "<p style='background:url(//e.org)'>a</p>",
        "<svg><use href='http://e.org#a'/></svg>",
        "<svg><image xlink:href='file:///a'/></svg>",
        "<svg onload=x></svg>",
        "<svg><foreignObject></foreignObject></svg>",
        "<form action=x></form>",
        "<meta http-equiv=refresh content=0>",
        "<img src='data:image/png;base64,AA'>",
        "<p id=a></p><p id=a></p>",
        "<h1>a</h1><h3>b</h3>",
        "<base href=x>",
        "<a href='vbscript:x'>a</a>",
    ],
)
def test_it_is_found(html):
    assert faults(html)


@pytest.mark.parametrize(
    "html",
    [
        "<a href='../index.html'>a</a>",
        "<a href='03_speed/index.html#finding-1'>a</a>",
        "<a href='#answer'>a</a>",
        "<a href='https://doi.org/x'>a</a>",
        "<svg><use href='#a'/><path style='clip-path: url(#c)'/></svg>",
        "<img alt='a' src='data:image/png;base64,AA'>",
        "<h1>a</h1><h2>b</h2><h3>c</h3><h2>d</h2>",
        "<p>&lt;script&gt; javascript: onclick=</p>",
    ],
)
def test_what_a_page_needs_passes(html):
    assert faults(html) == ()
