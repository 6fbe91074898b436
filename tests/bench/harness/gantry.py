"""Our own server with a configuration and a data directory for one measurement."""

import pathlib
import re

from harness.process import SERVER_CORE, Server, free_port

ROOT = pathlib.Path(__file__).resolve().parents[3]


def configuration(context, port, data, plugins, database_connections, tls):
    listen = [f"127.0.0.1:{port}"] + ([f"https://127.0.0.1:{tls.port}"] if tls else [])
    files = f"  tls: {{certificates: {tls.certificate}, keys: {tls.key}}}\n" if tls else ""
    return f"""\
data_directory: {data}
migrations: [{ROOT}/migrations, {ROOT}/tests/bench/migrations]
plugin_directories: [{context.build}/plugins]
http:
  listen: {listen}
  workers: 1
  access_log: false
{files}database:
  connections: {database_connections}
log:
  level: warn
plugins:
""" + "".join(f"  {plugin}: {{}}\n" for plugin in plugins)


class Gantry(Server):
    """`data`: an existing data directory to start on; without it a new one. `tls`: a harness.tls.Identity.
    `more_settings`: further lines of YAML."""

    def __init__(self, context, plugins=("hello", "bench"), name="gantry", data=None, core=SERVER_CORE,
                 database_connections=4, tls=None, more_settings=""):
        self.directory = context.new_directory(name)
        self.data = data or self.directory / "data"
        port = free_port()
        self.tls_port = tls.port if tls else None
        config = self.directory / "gantry.yaml"
        text = configuration(context, port, self.data, plugins, database_connections, tls) + more_settings
        config.write_text(text, encoding="utf-8")
        super().__init__(name, [context.build / "gantry", "serve", "--config", config], port, self.directory / "log", core)

    def __enter__(self):
        self.start()
        try:
            self.wait_until("/readyz")
        except BaseException:
            self.stop()
            raise
        return self

    def socket_directory(self):
        """Where its private PostgreSQL listens, as its own configuration says."""
        settings = (self.data / "postgresql/settings/postgresql.conf").read_text(encoding="utf-8")
        return re.search(r"^unix_socket_directories = '(.*)'$", settings, re.M).group(1)
