"""Files that libraries of drawing, sound, maps, documents and devices read by paths of their own."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

LIBRARY_DATA: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
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
            usr/lib/*/gstreamer-1.0/** usr/lib/*/gstreamer1.0/** usr/lib64/gstreamer-1.0/**
            usr/libexec/gstreamer-1.0/**""",
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
    }
)
"""By what it is called: who reads it, and globs of it, as in `known_data`."""
