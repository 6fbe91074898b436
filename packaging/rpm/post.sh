[ -e /var/lib/gantry ] || install -d -o gantry -g gantry -m 0750 /var/lib/gantry
[ ! -d /run/systemd/system ] || systemctl daemon-reload >/dev/null 2>&1 || :
# First installation: as the administrator's presets say.
[ "$1" -ne 1 ] || ! command -v systemctl >/dev/null || systemctl --no-reload preset gantry.service >/dev/null 2>&1 || :
