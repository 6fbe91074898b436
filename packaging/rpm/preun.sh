[ "$1" -ne 0 ] || [ ! -d /run/systemd/system ] || systemctl --no-reload disable --now gantry.service >/dev/null 2>&1 || :
