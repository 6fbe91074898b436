getent group gantry >/dev/null || groupadd --system gantry
getent passwd gantry >/dev/null || useradd --system --gid gantry --home-dir /var/lib/gantry --no-create-home \
    --shell /sbin/nologin --comment "Gantry plugin host" gantry
exit 0
