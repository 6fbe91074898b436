# An upgrade: the old host drains, the new one starts.
[ "$1" -lt 1 ] || [ ! -d /run/systemd/system ] || systemctl try-restart gantry.service >/dev/null 2>&1 || :
# The last one is gone; data stays unless there is none.
[ "$1" -ne 0 ] || rmdir --ignore-fail-on-non-empty /var/lib/gantry 2>/dev/null || :
