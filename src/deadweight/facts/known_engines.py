"""Which distribution a call takes for its engine, parser or back end: told by an argument, by an ending, or by itself.

Sources: pandas.pydata.org/docs/getting_started/install.html (optional dependencies) and each function's page;
docs.xarray.dev/en/stable/getting-started-guide/installing.html; crummy.com/software/BeautifulSoup/bs4/doc (installing
a parser); matplotlib.org/stable/users/explain/figure/backends.html; docs.pola.rs (optional dependencies);
python-httpx.org/http2; huggingface.co/docs/accelerate/usage_guides/big_modeling; plotly.com/python/static-image-export.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Ask:
    """What one function asks for.

    `of` are packages one of which the source imports. `keyword` and `place` tell the argument whose `values` name a
    distribution; `endings` those of the first argument. `always` is asked for whatever is said; one of `perhaps` where
    nothing tells which.
    """

    of: tuple[str, ...]
    keyword: str = ""
    place: int | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    endings: Mapping[str, str] = field(default_factory=dict)
    always: tuple[str, ...] = ()
    perhaps: tuple[str, ...] = ()
    given: Mapping[str, str] = field(default_factory=dict)


_PANDAS = ("pandas", "geopandas", "dask", "modin")
_FRAMES = (*_PANDAS, "polars")
_READ_EXCEL = {"openpyxl": "openpyxl", "xlrd": "xlrd", "odf": "odfpy", "pyxlsb": "pyxlsb"}
_READ_EXCEL |= {"calamine": "python-calamine"}
_SHEETS = {".xlsx": "openpyxl", ".xlsm": "openpyxl", ".xls": "xlrd", ".ods": "odfpy", ".xlsb": "pyxlsb"}
_WRITE_EXCEL = {"openpyxl": "openpyxl", "xlsxwriter": "xlsxwriter", "odf": "odfpy"}
_PARQUET = {"pyarrow": "pyarrow", "fastparquet": "fastparquet"}
_SETS = {"netcdf4": "netcdf4", "h5netcdf": "h5netcdf", "zarr": "zarr", "scipy": "scipy", "cfgrib": "cfgrib"}
_SETS |= {"pydap": "pydap", "rasterio": "rioxarray"}
_SOUP = {"lxml": "lxml", "lxml-xml": "lxml", "xml": "lxml", "html5lib": "html5lib"}
_FLAVORS = {"lxml": "lxml", "html5lib": "html5lib", "bs4": "beautifulsoup4"}
_BACK_ENDS = {
    **dict.fromkeys(("Qt5Agg", "qt5agg", "Qt5Cairo"), "pyqt5"),
    **dict.fromkeys(("WebAgg", "webagg"), "tornado"),
    **dict.fromkeys(("WXAgg", "wxagg"), "wxpython"),
    **dict.fromkeys(("GTK3Agg", "GTK4Agg", "gtk3agg", "gtk4agg"), "pygobject"),
    **dict.fromkeys(("nbAgg", "nbagg"), "ipython"),
    **dict.fromkeys(("ipympl", "widget", "module://ipympl.backend_nbagg"), "ipympl"),
    **dict.fromkeys(("module://matplotlib_inline.backend_inline", "inline"), "matplotlib-inline"),
}
_QT = ("pyqt6", "pyside6", "pyqt5", "pyside2")
_EXCEL_READER = Ask(_PANDAS, "engine", None, _READ_EXCEL, _SHEETS, perhaps=("openpyxl", "xlrd"))
_EXCEL_WRITER = Ask(_PANDAS, "engine", None, _WRITE_EXCEL, {".ods": "odfpy"}, perhaps=("openpyxl", "xlsxwriter"))
_PARQUETS = Ask(_PANDAS, "engine", None, _PARQUET, perhaps=("pyarrow", "fastparquet"))
_TABLES = Ask(_PANDAS, always=("tables",))
_ARROW = Ask(_PANDAS, always=("pyarrow",))
_XARRAY = Ask(("xarray",), "engine", None, _SETS, {".zarr": "zarr"}, perhaps=("netcdf4", "h5netcdf", "scipy", "dask"))
_PLOTS = Ask(_PANDAS, "backend", None, {"plotly": "plotly", "hvplot": "hvplot"}, perhaps=("matplotlib",))
_MPL = Ask(("matplotlib",), "backend", 0, _BACK_ENDS, perhaps=_QT)
_LOADED = {
    "device_map": "accelerate",
    "low_cpu_mem_usage": "accelerate",
    "load_in_8bit": "bitsandbytes",
    "load_in_4bit": "bitsandbytes",
}
_PRETRAINED = Ask(
    ("transformers", "diffusers"),
    "attn_implementation",
    None,
    {"flash_attention_2": "flash-attn"},
    given=_LOADED,
    perhaps=("sentencepiece", "protobuf", "accelerate", "safetensors", "tiktoken"),
)
_HTTP = Ask(("httpx",), given={"http2": "h2"})
ASKS: Mapping[str, tuple[Ask, ...]] = MappingProxyType(
    {
        "read_excel": (
            _EXCEL_READER,
            Ask(("polars",), "engine", None, {"xlsx2csv": "xlsx2csv"}, perhaps=("fastexcel",)),
        ),
        "ExcelFile": (_EXCEL_READER,),
        "to_excel": (_EXCEL_WRITER,),
        "ExcelWriter": (_EXCEL_WRITER,),
        "write_excel": (Ask(("polars",), always=("xlsxwriter",)),),
        "read_parquet": (_PARQUETS,),
        "to_parquet": (_PARQUETS,),
        **dict.fromkeys(("read_feather", "to_feather", "read_orc", "to_orc"), (_ARROW,)),
        **dict.fromkeys(("read_hdf", "to_hdf", "HDFStore"), (_TABLES,)),
        "read_html": (Ask(_PANDAS, "flavor", None, _FLAVORS, perhaps=("lxml", "html5lib", "beautifulsoup4")),),
        **dict.fromkeys(("read_xml", "to_xml"), (Ask(_PANDAS, "parser", None, {"lxml": "lxml"}, perhaps=("lxml",)),)),
        **dict.fromkeys(
            ("read_sql", "read_sql_query", "read_sql_table", "to_sql"), (Ask(_PANDAS, perhaps=("sqlalchemy",)),)
        ),
        "read_csv": (Ask(_PANDAS, "engine", None, {"pyarrow": "pyarrow"}, {".zst": "zstandard"}),),
        "read_gbq": (Ask(_PANDAS, always=("pandas-gbq",)),),
        "to_gbq": (Ask(_PANDAS, always=("pandas-gbq",)),),
        "read_spss": (Ask(_PANDAS, always=("pyreadstat",)),),
        "to_markdown": (Ask(_PANDAS, always=("tabulate",)),),
        "to_latex": (Ask(_PANDAS, always=("jinja2",)),),
        "to_xarray": (Ask(_PANDAS, always=("xarray",)),),
        "to_pandas": (
            Ask(("polars",), always=("pandas",), perhaps=("pyarrow",)),
            Ask(("pyarrow",), always=("pandas",)),
        ),
        **dict.fromkeys(("plot", "hist", "boxplot", "scatter_matrix"), (_PLOTS,)),
        **dict.fromkeys(
            ("background_gradient", "bar", "highlight_max"), (Ask(_PANDAS, perhaps=("matplotlib", "jinja2")),)
        ),
        **dict.fromkeys(("open_dataset", "load_dataset", "to_netcdf", "open_dataarray"), (_XARRAY,)),
        "open_mfdataset": (_XARRAY, Ask(("xarray",), always=("dask",))),
        **dict.fromkeys(("open_zarr", "to_zarr"), (Ask(("xarray", "dask", "anndata"), always=("zarr",)),)),
        "BeautifulSoup": (Ask(("bs4",), "features", 1, _SOUP),),
        **dict.fromkeys(("use", "switch_backend"), (_MPL,)),
        **dict.fromkeys(("write_image", "to_image"), (Ask(("plotly",), always=("kaleido",)),)),
        **dict.fromkeys(("from_pretrained", "pipeline"), (_PRETRAINED,)),
        **dict.fromkeys(("Trainer", "TrainingArguments"), (Ask(("transformers",), always=("accelerate",)),)),
        "BitsAndBytesConfig": (Ask(("transformers",), always=("bitsandbytes",)),),
        **dict.fromkeys(("Client", "AsyncClient"), (_HTTP,)),
        "draw": (Ask(("networkx",), perhaps=("matplotlib",)),),
        "to_agraph": (Ask(("networkx",), always=("pygraphviz",)),),
        "to_pydot": (Ask(("networkx",), always=("pydot",)),),
        **dict.fromkeys(("get_writer", "mimwrite", "mimsave"), (Ask(("imageio",), perhaps=("imageio-ffmpeg", "av")),)),
    }
)
"""By the last part of a function's name."""
