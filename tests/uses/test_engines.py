from __future__ import annotations

import pytest

from builders.evidence import lines, project_of, roles, subjects
from deadweight.core.requirement import Role
from deadweight.core.usage import Strength
from deadweight.uses.engines import EVIDENCE


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("import pandas as pd\npd.read_excel('a.xlsx')", {"openpyxl"}),
        ("import pandas as pd\npd.read_excel(root / 'a.xls')", {"xlrd"}),
        ("import pandas as pd\npd.read_excel(f'{x}.ods')", {"odfpy"}),
        ("import pandas as pd\npd.read_excel(path, engine='calamine')", {"python-calamine"}),
        ("import pandas as pd\ndf.to_excel(path, engine='xlsxwriter')", {"xlsxwriter"}),
        ("from pandas import read_parquet\nread_parquet(p, engine='fastparquet')", {"fastparquet"}),
        ("import pandas\ndf.to_hdf('x', 'y')", {"tables"}),
        ("import pandas\nprint(df.to_markdown())", {"tabulate"}),
        ("import pandas\npandas.read_feather(x)", {"pyarrow"}),
        ("from bs4 import BeautifulSoup\nBeautifulSoup(text, 'html5lib')", {"html5lib"}),
        ("import bs4\nbs4.BeautifulSoup(text, features='lxml')", {"lxml"}),
        ("import matplotlib\nmatplotlib.use('Qt5Agg')", {"pyqt5"}),
        ("import xarray as xr\nxr.open_dataset(p, engine='h5netcdf')", {"h5netcdf"}),
        ("import httpx\nhttpx.Client(http2=True)", {"h2"}),
        ("from transformers import AutoModel\nAutoModel.from_pretrained(n, device_map='auto')", {"accelerate"}),
        ("import plotly\nfigure.write_image('a.png')", {"kaleido"}),
    ],
)
def test_finds_what_an_argument_or_an_ending_tells(text: str, wanted: set[str]) -> None:
    project = project_of({"app/a.py": text})
    assert subjects(EVIDENCE, project, Strength.NEEDED) == wanted
    assert set(lines(EVIDENCE, project).values()) == {2}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("import pandas as pd\npd.read_parquet(p)", {"pyarrow", "fastparquet"}),
        ("import pandas as pd\npd.read_html(p)", {"lxml", "html5lib", "beautifulsoup4"}),
        ("import pandas as pd\ndf.plot()", {"matplotlib"}),
    ],
)
def test_finds_a_hint_where_any_of_several_would_do(text: str, wanted: set[str]) -> None:
    project = project_of({"tests/a.py": text})
    assert subjects(EVIDENCE, project, Strength.HINT) == wanted
    assert set(roles(EVIDENCE, project).values()) == {Role.TEST}
    assert not subjects(EVIDENCE, project, Strength.NEEDED)


def test_leaves_what_extras_may_bring_optional() -> None:
    project = project_of({"a.py": "import httpx\nhttpx.Client(http2=True)"}, declares="httpx[http2]>=0.2")
    assert subjects(EVIDENCE, project, Strength.OPTIONAL) == {"h2"}


@pytest.mark.parametrize(
    "text",
    [
        "from app.sheets import read_excel\nread_excel('a.xlsx')",
        "from bs4 import BeautifulSoup\nBeautifulSoup(text, 'html.parser')",
        "import httpx\nhttpx.Client(http2=False)",
        "import pandas as pd\npd.read_csv('a.csv')",
        "import pandas as pd\ndef read_excel(",
    ],
)
def test_leaves_what_takes_nothing(text: str) -> None:
    assert subjects(EVIDENCE, project_of({"a.py": text})) == set()
