"""Files that native libraries, programs and modules read by paths of their own, by what reads them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase, translate
from types import MappingProxyType

from deadweight.core.globs import matcher
from deadweight.core.listing import Listing

_TABLE = {
    "certificates and settings of TLS": (
        """
        libssl.so* libcrypto.so* libcrypto-*.so* libssl-*.so* _ssl.*.so libgnutls.so* libnss3.so* ssl.py openssl
        curl wget""",
        """
        etc/ssl/** usr/lib/ssl/openssl.cnf usr/lib/ssl/cert.pem usr/lib/ssl/certs usr/share/ca-certificates/**
        usr/local/share/ca-certificates/** etc/ca-certificates/** etc/ca-certificates.conf etc/pki/**
        usr/share/pki/** etc/crypto-policies/** usr/share/crypto-policies/** usr/local/ssl/**
        usr/local/share/certs/** etc/gnutls/**""",
    ),
    "time zones": (
        """
        zoneinfo/__init__.py _zoneinfo.*.so _zoneinfo.py pytz/__init__.py dateutil/tz/__init__.py
        pendulum/__init__.py tzlocal/__init__.py libicuuc.so* libpq.so* pandas/__init__.py""",
        "usr/share/zoneinfo/** usr/lib/zoneinfo/** usr/share/lib/zoneinfo/** etc/zoneinfo/**",
    ),
    "the C library's own time zones": (
        "libc.so.6 libc.musl-*.so.1 ld-musl-*.so.1",
        """
        usr/share/zoneinfo/UTC usr/share/zoneinfo/Etc/** usr/share/zoneinfo/GMT usr/share/zoneinfo/posixrules
        usr/share/zoneinfo/*.tab""",
    ),
    "time zones of C++ and Java": ("libstdc++.so* libtz*.so* libjvm.so", "usr/share/zoneinfo/tzdata.zi"),
    "the locale that is always there": (
        "libc.so.6",
        "usr/lib/locale/C.utf8/** usr/lib/locale/C.UTF-8/** usr/share/locale/locale.alias etc/locale.alias",
    ),
    "descriptions of terminals": (
        "libtinfo*.so* libncurses*.so* libreadline*.so* libedit*.so* _curses*.so readline.*.so",
        """
        usr/share/terminfo/** lib/terminfo/** usr/lib/terminfo/** etc/terminfo/** etc/inputrc usr/share/tabset/**""",
    ),
    "fonts": (
        """
        libfontconfig*.so* libcairo*.so* libpango*.so* matplotlib/font_manager.py PIL/ImageFont.py
        reportlab/__init__.py weasyprint/__init__.py fc-list fc-match libgs.so* libMagickCore*.so* Xvfb
        libQt?Gui.so*""",
        """
        etc/fonts/** usr/share/fontconfig/** usr/share/fonts/** usr/local/share/fonts/** var/cache/fontconfig/**
        usr/share/xml/fontconfig/** usr/bin/fc-list usr/bin/fc-match""",
    ),
    "kinds of file by their endings": (
        "mimetypes.py mailcap.py libgio-2.0.so*",
        """
        etc/mime.types etc/mailcap etc/httpd/mime.types etc/httpd/conf/mime.types etc/apache/mime.types
        etc/apache2/mime.types usr/local/etc/mime.types usr/local/etc/httpd/conf/mime.types
        usr/local/lib/netscape/mime.types""",
    ),
    "kinds of file as desktops know them": (
        "libgio-2.0.so* xdg/Mime.py libQt?Core.so*",
        "usr/share/mime/** usr/local/share/mime/**",
    ),
    "kinds of file by their content": (
        "libmagic*.so* magic/__init__.py site-packages/magic.py dist-packages/magic.py file",
        "etc/magic etc/magic.mime usr/share/misc/magic* usr/lib/file/** usr/share/file/**",
    ),
    "settings of Kerberos": (
        "libkrb5.so* libgssapi_krb5.so*",
        "etc/krb5.conf etc/krb5.conf.d/** etc/gss/**",
    ),
    "plug-ins of Kerberos": (
        "libkrb5.so*",
        "usr/lib/*/krb5/** usr/lib64/krb5/** usr/lib/krb5/**",
    ),
    "mechanisms of SASL": (
        "libsasl2.so*",
        "usr/lib/*/sasl2/** usr/lib64/sasl2/** usr/lib/sasl2/** etc/sasl2/**",
    ),
    "settings of LDAP": (
        "libldap*.so*",
        "etc/ldap/** etc/openldap/**",
    ),
    "modules of PKCS #11": (
        "libp11-kit.so* libgnutls.so*",
        "etc/pkcs11/** usr/share/p11-kit/** usr/lib/*/pkcs11/** usr/lib/*/p11-kit-*.so* usr/lib64/pkcs11/**",
    ),
    "modules of PAM": (
        "libpam.so*",
        """
        etc/pam.d/** etc/pam.conf etc/security/** usr/lib/*/security/** lib/*/security/** usr/lib64/security/**
        usr/lib/security/** etc/login.defs etc/shadow etc/gshadow""",
    ),
    "catalogues of XML": (
        "libxml2.so*",
        "etc/xml/** usr/share/xml/schema/**",
    ),
    "drivers of ODBC": (
        "libodbc.so* pyodbc*.so",
        "etc/odbc.ini etc/odbcinst.ini usr/lib/*/odbc/** usr/lib64/odbc/**",
    ),
    "drivers of OpenCL": (
        "libOpenCL.so*",
        "etc/OpenCL/vendors/**",
    ),
    "drivers of OpenGL": (
        "libEGL.so* libGLX.so* libGL.so* libGLdispatch.so*",
        "usr/share/glvnd/** etc/glvnd/** usr/lib/*/dri/** usr/share/drirc.d/** usr/lib64/dri/**",
    ),
    "drivers of Vulkan": (
        "libvulkan.so*",
        "etc/vulkan/** usr/share/vulkan/**",
    ),
    "locales and keyboards of X": (
        "libX11.so* libxkbcommon*.so*",
        "usr/share/X11/locale/** usr/share/X11/xkb/** etc/X11/xkb/** usr/share/X11/XErrorDB etc/X11/rgb.txt",
    ),
    "settings of D-Bus": (
        "libdbus-1.so*",
        "etc/dbus-1/** usr/share/dbus-1/** var/lib/dbus/machine-id etc/machine-id",
    ),
    "projections": (
        "libproj.so*",
        "usr/share/proj/**",
    ),
    "tables and drivers of GDAL": (
        "libgdal.so*",
        "usr/share/gdal/** usr/lib/gdalplugins/** usr/lib/*/gdalplugins/**",
    ),
    "scripts of Tcl and Tk": (
        "libtcl*.so* libtk*.so*",
        "usr/share/tcltk/** usr/lib/tcltk/** usr/lib/tcl8*/** usr/lib/tk8*/**",
    ),
    "coders and settings of ImageMagick": (
        "libMagickCore*.so* libGraphicsMagick*.so*",
        """
        etc/ImageMagick-*/** usr/lib/*/ImageMagick-*/** usr/share/ImageMagick-*/** usr/lib/GraphicsMagick*/**
        usr/lib64/ImageMagick-*/**""",
    ),
    "loaders of images": (
        "libgdk_pixbuf*.so*",
        "usr/lib/*/gdk-pixbuf-2.0/** usr/lib64/gdk-pixbuf-2.0/**",
    ),
    "modules of vips": (
        "libvips.so*",
        "usr/lib/*/vips-modules-*/**",
    ),
    "plug-ins of GStreamer": (
        "libgstreamer-1.0.so*",
        """
        usr/lib/*/gstreamer-1.0/** usr/lib/*/gstreamer1.0/** usr/lib64/gstreamer-1.0/** usr/libexec/gstreamer-1.0/**""",
    ),
    "modules of GIO": (
        "libgio-2.0.so*",
        """
        usr/lib/*/gio/modules/** usr/lib64/gio/modules/** usr/share/glib-2.0/schemas/**
        usr/lib/*/girepository-1.0/**""",
    ),
    "plug-ins of Qt": (
        "libQt?Core.so* libQt?Gui.so*",
        "usr/lib/*/qt?/** usr/lib64/qt?/** usr/share/qt?/** etc/xdg/QtProject/**",
    ),
    "Java": (
        "libjvm.so* java libjli.so*",
        "usr/lib/jvm/** etc/java-*/** usr/share/java/** opt/java/** etc/ssl/certs/java/**",
    ),
    "models of Tesseract": (
        "libtesseract*.so* tesseract",
        "usr/share/tesseract-ocr/** usr/share/tessdata/**",
    ),
    "resources of Ghostscript": (
        "libgs.so* gs",
        "usr/share/ghostscript/** usr/share/color/** var/lib/ghostscript/** etc/ghostscript/**",
    ),
    "tables of Poppler": (
        "libpoppler*.so*",
        "usr/share/poppler/**",
    ),
    "dictionaries": (
        "libenchant*.so* libhunspell*.so* libaspell*.so*",
        """
        usr/share/hunspell/** usr/share/myspell/** usr/lib/aspell/** usr/share/enchant*/** usr/lib/*/enchant*/**
        var/lib/aspell/**""",
    ),
    "voices of eSpeak": (
        "libespeak*.so*",
        "usr/share/espeak*/** usr/lib/*/espeak*/**",
    ),
    "modules of Perl": (
        "perl perl5* libperl.so*",
        """
        usr/share/perl/** usr/share/perl5/** usr/lib/*/perl/** usr/lib/*/perl5/** usr/lib/*/perl-base/** etc/perl/**
        usr/lib/perl5/** usr/lib64/perl5/** usr/share/perl-*/** usr/local/share/perl/** usr/local/lib/*/perl/**""",
    ),
    "modules of Node": (
        "node nodejs libnode.so*",
        "usr/share/nodejs/** usr/lib/node_modules/** usr/local/lib/node_modules/** usr/lib/*/nodejs/**",
    ),
    "modules of Ruby": (
        "ruby ruby?.? libruby*.so*",
        """
        usr/lib/ruby/** usr/share/ruby*/** var/lib/gems/** usr/lib/*/ruby/** usr/local/lib/ruby/**
        usr/share/rubygems-integration/**""",
    ),
    "modules of R": (
        "libR.so R Rscript",
        "usr/lib/R/** usr/share/R/** etc/R/** usr/local/lib/R/** usr/lib64/R/**",
    ),
    "modules of PHP": (
        "php php?.? libphp*.so*",
        "usr/lib/php/** usr/share/php/** etc/php/** usr/local/lib/php/**",
    ),
    "modules of Lua": (
        "lua lua5* libluajit*.so*",
        "usr/share/lua/** usr/lib/*/lua/** usr/share/luajit*/**",
    ),
    "commands of Git": (
        "git",
        "usr/lib/git-core/** usr/libexec/git-core/** usr/share/git-core/** etc/gitconfig",
    ),
    "settings of SSH": (
        "ssh sshd",
        "etc/ssh/** usr/lib/openssh/** usr/libexec/openssh/**",
    ),
    "settings of curl and wget": (
        "curl wget",
        "etc/curlrc etc/wgetrc",
    ),
    "modules and settings of nginx": (
        "nginx",
        "etc/nginx/** usr/lib/nginx/** usr/share/nginx/** usr/lib64/nginx/** var/lib/nginx/** var/log/nginx",
    ),
    "modules and settings of Apache": (
        "apache2 httpd",
        "etc/apache2/** usr/lib/apache2/** usr/share/apache2/** etc/httpd/** usr/lib64/httpd/**",
    ),
    "programs and templates of PostgreSQL": (
        "postgres psql",
        """
        usr/lib/postgresql/** usr/share/postgresql/** etc/postgresql/** etc/postgresql-common/**
        usr/share/postgresql-common/** usr/local/share/postgresql/**""",
    ),
    "settings of supervisord": (
        "supervisord",
        "etc/supervisor/** etc/supervisord.conf etc/supervisord.d/**",
    ),
    "settings of cron": (
        "cron crond",
        "etc/crontab etc/cron.d/** etc/cron.*/** var/spool/cron/**",
    ),
    "Chromium": (
        "chromium chromium-browser google-chrome chrome",
        """
        usr/lib/chromium/** etc/chromium/** usr/share/chromium/** etc/chromium.d/** opt/google/chrome/**
        usr/lib64/chromium-browser/**""",
    ),
    "LibreOffice": (
        "soffice libreoffice soffice.bin",
        """
        usr/lib/libreoffice/** usr/share/libreoffice/** etc/libreoffice/** usr/share/liblangtag/**
        usr/share/mythes/**""",
    ),
    "what compilers read": (
        "gcc gcc-* cc g++ g++-* c++ *-linux-gnu-gcc* *-linux-gnu-g++* clang clang++ clang-*",
        """
        usr/lib/gcc/** usr/libexec/gcc/** usr/include/** usr/local/include/** usr/lib/*/*.o usr/lib/*/*.a
        usr/lib/*/lib*.so usr/lib64/*.o usr/lib64/*.a usr/lib64/lib*.so usr/lib/llvm-*/** usr/lib/clang/**
        usr/bin/as usr/bin/ld usr/bin/ld.bfd usr/bin/ar usr/bin/*-linux-gnu-as usr/bin/*-linux-gnu-ld
        usr/bin/*-linux-gnu-ld.bfd usr/bin/*-linux-gnu-ar usr/bin/*gcc* usr/bin/*g++* usr/lib/bfd-plugins/**""",
    ),
    "sounds": (
        "libasound.so* libpulse.so*",
        "usr/share/alsa/** etc/alsa/** etc/asound.conf etc/pulse/**",
    ),
    "drivers of scanners and cameras": (
        "libsane.so* libgphoto2.so*",
        "usr/lib/*/sane/** etc/sane.d/** usr/lib/*/libgphoto2*/**",
    ),
    "settings of databases": (
        "libmariadb.so* libmysqlclient.so* libsybdb.so* libtdsodbc.so* mysql mariadb",
        "etc/mysql/** etc/my.cnf etc/my.cnf.d/** etc/freetds/** usr/share/mysql/**",
    ),
    "GTK": (
        "libgtk-?.so* libgtk-x11-2.0.so*",
        "usr/lib/*/gtk-*/** usr/share/gtk-*/** usr/share/icons/** usr/share/themes/** etc/gtk-*/**",
    ),
    "links that stand for chosen programs": (
        "update-alternatives",
        "var/lib/dpkg/alternatives/** etc/alternatives/**",
    ),
}
KNOWN_DATA: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = MappingProxyType(
    {name: (tuple(readers.split()), tuple(places.split())) for name, (readers, places) in _TABLE.items()}
)
"""What is read, by its name: patterns of what reads it (the last components of its path), and globs of it."""


_PROGRAMS = re.compile(r"(?:^|/)(?:s?bin|libexec|lib/jvm|lib/postgresql|lib/libreoffice|lib/chromium)/")
_READERS = re.compile(
    "|".join(translate(one.rpartition("/")[2]) for readers, _ in KNOWN_DATA.values() for one in readers)
)


def data_read_by(path: str) -> Iterator[tuple[str, str]]:
    """What the file at the path is known to read: a name for it, and a glob of paths."""
    name = path.rpartition("/")[2]
    if not _READERS.match(name):
        return
    for title, (readers, places) in KNOWN_DATA.items():
        if any(_is_reader(path, name, one) for one in readers):
            yield from ((title, place) for place in places)


def _is_reader(path: str, name: str, pattern: str) -> bool:
    """Whether the pattern is of the path: of a module or library by its name, of a program where programs lie."""
    if "/" in pattern:
        return fnmatchcase(path, f"*/{pattern}")
    return fnmatchcase(name, pattern) and (".so" in pattern or ".py" in pattern or _PROGRAMS.search(path) is not None)


def matching(listing: Listing, glob: str) -> Iterator[str]:
    """The paths that a glob names, looked for only below its literal beginning, which links may lead to."""
    literal = glob.split("*")[0].split("?")[0].split("[")[0].rpartition("/")[0]
    if "*" not in glob and "?" not in glob:
        yield glob
        return
    real = listing.resolve(literal)
    if real is None or real not in listing.directories:
        return
    fits = matcher((real + glob[len(literal) :],))
    yield from (path for path in listing.paths_under(real) if fits(path))
