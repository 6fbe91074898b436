# A plugin came or changed. If the new one does not serve, the former one serves on; a host that was stopped stays so.
[ ! -d /run/systemd/system ] || ! systemctl --quiet is-active gantry.service || systemctl reload gantry.service >/dev/null 2>&1 || :
