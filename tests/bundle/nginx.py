"""A stand-in of the nginx.conf that Elastic Beanstalk's Python platform writes on Amazon Linux 2023, and its server.

What it sets, where it includes what, and what it leaves at nginx's own values are as on an instance; paths and ports
are a test's own. A bundle's file replaces the platform's file of the same name.
"""

import os
import shutil
from pathlib import Path

NGINX = shutil.which("nginx") or "/usr/sbin/nginx"
MISSING = (
    "nginx is missing: sh tests/system.sh installs it (Debian, Ubuntu: apt install nginx; macOS: brew install nginx)"
)

CONF = """
worker_processes auto;
error_log {root}/log/error.log warn;
pid {root}/nginx.pid;
daemon off;

events {{
    worker_connections 1024;
}}

http {{
    types {{
        text/html html;
    }}
    default_type application/octet-stream;
    client_body_temp_path {root}/tmp/body;
    proxy_temp_path {root}/tmp/proxy;
    fastcgi_temp_path {root}/tmp/fastcgi;
    uwsgi_temp_path {root}/tmp/uwsgi;
    scgi_temp_path {root}/tmp/scgi;

    access_log {root}/log/balancer.log;
    log_format main '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent';

    include {root}/conf.d/*.conf;

    map $http_upgrade $connection_upgrade {{
        default "upgrade";
    }}

    server {{
        listen 127.0.0.1:{port} default_server;
        access_log {root}/log/access.log main;

        client_header_timeout 60;
        client_body_timeout 60;
        keepalive_timeout 60;
        gzip off;
        gzip_comp_level 4;
        gzip_types text/plain text/css application/json application/javascript text/javascript;

        include {root}/conf.d/elasticbeanstalk/*.conf;
    }}
{balancer}
}}
"""
# What an Application Load Balancer adds, in front of the instance's own server.
BALANCER = """
    server {{
        listen 127.0.0.1:{balancer};
        client_max_body_size 0;
        location / {{
            proxy_http_version 1.1;
            proxy_request_buffering off;
            proxy_set_header Connection "";
            proxy_set_header Host $host;
            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
            proxy_set_header X-Forwarded-Proto https;
            proxy_set_header X-Forwarded-Port 443;
            proxy_pass http://127.0.0.1:{port};
        }}
    }}
"""
# The platform's own files below conf.d/elasticbeanstalk.
APPLICATION = """
location / {
    proxy_pass http://127.0.0.1:8000;
    proxy_http_version 1.1;
    proxy_set_header Connection $connection_upgrade;
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Host $host;
    proxy_set_header X-Real-IP $remote_addr;
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
}
"""
STATIC = """
location /static {{
    alias {current}/static;
    access_log off;
}}
"""


def configure(root: Path, current: Path, port: int, application: int, balancer: int) -> Path:
    """Write the configuration of an instance into `root`, with the bundle's .platform files; return its file.

    `current` is the unpacked bundle, `application` the port that takes the place of 8000.
    """
    own = root / "conf.d" / "elasticbeanstalk"
    for folder in (own, root / "log", root / "tmp"):
        folder.mkdir(parents=True)
    (own / "00_application.conf").write_text(APPLICATION)
    (own / "01_static.conf").write_text(STATIC.format(current=current))
    shutil.copytree(current / ".platform" / "nginx", root, dirs_exist_ok=True)
    for path in (root / "conf.d").rglob("*.conf"):
        path.write_text(path.read_text().replace("127.0.0.1:8000", f"127.0.0.1:{application}"))
    front = BALANCER.format(port=port, balancer=balancer)
    file = root / "nginx.conf"
    file.write_text(CONF.format(root=root, port=port, balancer=front))
    return file


def command(file: Path) -> list[str]:
    """Return the command that serves a configuration; raises FileNotFoundError, saying what to install."""
    if not os.access(NGINX, os.X_OK):
        raise FileNotFoundError(MISSING)
    return [NGINX, "-e", str(file.parent / "log" / "error.log"), "-c", str(file)]
