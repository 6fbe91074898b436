-- gantry.kv/1 with kv.store: postgresql. Small values of plugins, shared by the hosts of a cluster.

-- One for all keys, so that a key that was removed and made again never has an old version.
create sequence kv_version;

create table kv_entry (
    owner text not null,
    key bytea not null,
    value bytea not null,
    version bigint not null,
    expires_at timestamptz,
    primary key (owner, key)
);

create index kv_entry_expiry on kv_entry (expires_at) where expires_at is not null;

-- Counts of calls by slice of time. Unlogged: worth its speed, and after a crash the windows begin anew.
create unlogged table kv_window (
    owner text not null,
    key bytea not null,
    window_ms bigint not null,
    slices bigint[] not null default '{}',
    counts bigint[] not null default '{}',
    expires_at timestamptz not null,
    primary key (owner, key, window_ms)
);

create index kv_window_expiry on kv_window (expires_at);

-- The sum of host/kv/window.hpp. `remaining` is NULL for a call that is refused.
create function kv_limit(the_owner text, the_key bytea, most bigint, length_ms bigint)
returns table (remaining bigint, retry_after_ms bigint)
language plpgsql as $$
declare
    slice_ms constant bigint := greatest(1, (length_ms + 15) / 16);
    now_ms constant bigint := floor(extract(epoch from clock_timestamp()) * 1000);
    present bigint := now_ms / slice_ms;
    kept_slices bigint[] := '{}';
    kept_counts bigint[] := '{}';
    total bigint := 0;
    line kv_window;
begin
    insert into kv_window (owner, key, window_ms, expires_at) values (the_owner, the_key, length_ms, clock_timestamp())
        on conflict do nothing;
    select * into line from kv_window where owner = the_owner and key = the_key and window_ms = length_ms for update;
    for i in 1 .. coalesce(array_length(line.slices, 1), 0) loop
        -- The clock may step back: what is ahead of it is the present.
        present := greatest(present, line.slices[i]);
    end loop;
    for i in 1 .. coalesce(array_length(line.slices, 1), 0) loop
        continue when line.slices[i] <= present - 17;
        kept_slices := kept_slices || line.slices[i];
        kept_counts := kept_counts || line.counts[i];
        total := total + line.counts[i];
    end loop;
    if total < most then
        if kept_slices[array_length(kept_slices, 1)] = present then
            kept_counts[array_length(kept_counts, 1)] := kept_counts[array_length(kept_counts, 1)] + 1;
        else
            kept_slices := kept_slices || present;
            kept_counts := kept_counts || 1::bigint;
        end if;
        update kv_window set slices = kept_slices, counts = kept_counts,
            expires_at = clock_timestamp() + (length_ms + 2 * slice_ms) * interval '1 millisecond'
            where owner = the_owner and key = the_key and window_ms = length_ms;
        return query select most - total - 1, 0::bigint;
        return;
    end if;
    for i in 1 .. array_length(kept_slices, 1) loop
        total := total - kept_counts[i];
        if total < most then
            return query select null::bigint, greatest(1, (kept_slices[i] + 17) * slice_ms - now_ms);
            return;
        end if;
    end loop;
end
$$;
