"""Files of the system that any program may read: certificates, time zones, terminals, fonts, kinds of files."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

SYSTEM_DATA: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
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
        # libstdc++ has time zones since GCC 14, which brings 6.0.33 (gcc.gnu.org/onlinedocs/libstdc++/manual/abi.html).
        "time zones of C++ and Java": (
            "libstdc++.so.6.0.3[3-9] libstdc++.so.6.0.[4-9]? libtz*.so* libjvm.so",
            "usr/share/zoneinfo/tzdata.zi",
        ),
        "the locale that is always there": (
            "libc.so.6",
            "usr/lib/locale/C.utf8/** usr/lib/locale/C.UTF-8/** usr/share/locale/locale.alias etc/locale.alias",
        ),
        "descriptions of terminals": (
            "libtinfo*.so* libncurses*.so* libreadline*.so* libedit*.so* _curses*.so readline.*.so",
            """
            usr/share/terminfo/** lib/terminfo/** usr/lib/terminfo/** etc/terminfo/** etc/inputrc
            usr/share/tabset/**""",
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
        "settings of D-Bus": (
            "libdbus-1.so*",
            "etc/dbus-1/** usr/share/dbus-1/** var/lib/dbus/machine-id etc/machine-id",
        ),
    }
)
"""By what it is called: who reads it, and globs of it, as in `known_data`."""
