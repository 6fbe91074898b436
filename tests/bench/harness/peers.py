"""The servers to compare with, set up as favourably as they allow."""

import pathlib

from harness.process import Server, free_port

HERE = pathlib.Path(__file__).resolve().parents[1]

NGINX = """\
daemon off;
worker_processes 1;
pid {directory}/nginx.pid;
error_log {directory}/error.log;
events {{ worker_connections 12000; }}
http {{
    access_log off;
    default_type text/plain;
    keepalive_requests 1000000000;
    client_body_temp_path {directory}/body;
    proxy_temp_path {directory}/proxy;
    fastcgi_temp_path {directory}/fastcgi;
    uwsgi_temp_path {directory}/uwsgi;
    scgi_temp_path {directory}/scgi;
    server {{
        listen 127.0.0.1:{port} backlog=4096;
        {tls}
        location / {{ return 200 "Hello, World!\\n"; }}
    }}
}}
"""


class Nginx(Server):
    def __init__(self, context, tls=None):
        directory = context.new_directory("nginx")
        port = free_port()
        self.tls_port = tls.port if tls else None
        listen = (f"listen 127.0.0.1:{tls.port} ssl backlog=4096; ssl_certificate {tls.certificate}; "
                  f"ssl_certificate_key {tls.key}; ssl_protocols TLSv1.2 TLSv1.3;") if tls else ""
        config = directory / "nginx.conf"
        config.write_text(NGINX.format(directory=directory, port=port, tls=listen), encoding="utf-8")
        super().__init__("nginx", ["nginx", "-e", directory / "error.log", "-c", config], port, directory / "log")

    def __enter__(self):
        self.start()
        self.wait_until("/")
        return self


class FastApi(Server):
    def __init__(self, context):
        directory = context.new_directory("fastapi")
        port = free_port()
        # Debian's interpreter by its path: another python3 in PATH does not see Debian's packages.
        command = ["/usr/bin/python3", "-B", "-m", "uvicorn", "fastapi_app:app", "--port", port, "--loop", "uvloop",
                   "--http", "httptools", "--no-access-log", "--log-level", "warning"]
        super().__init__("FastAPI", command, port, directory / "log", directory=HERE / "peers")

    def __enter__(self):
        self.start()
        self.wait_until("/hello/World")
        return self
