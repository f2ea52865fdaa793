"""Files that interpreters, servers and other programs read by paths of their own."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

PROGRAM_DATA: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "Java": (
            "libjvm.so* java libjli.so*",
            "usr/lib/jvm/** etc/java-*/** usr/share/java/** opt/java/** etc/ssl/certs/java/**",
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
        "links that stand for chosen programs": (
            "update-alternatives",
            "var/lib/dpkg/alternatives/** etc/alternatives/**",
        ),
    }
)
"""By what it is called: who reads it, and globs of it, as in `known_data`."""
