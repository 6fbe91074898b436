-- What happened. A subscriber reads in the order of seq, but only what no transaction under way can still come before:
-- rows become visible in the order of commits, not of numbers. `transaction` tells which are past that.
create table event (
    seq bigint generated always as identity primary key,
    id text collate "C" not null unique,
    transaction xid8 not null default pg_current_xact_id(),
    source text not null,
    topic text collate "C" not null,
    key text not null,
    payload bytea not null,
    at timestamptz not null default clock_timestamp()
);
create index event_transaction on event (transaction, seq);
create index event_at on event using brin (at);

create function event_made() returns trigger language plpgsql as $$
begin
    notify gantry_event;
    return null;
end $$;
create trigger event_made after insert on event for each statement execute function event_made();

-- A durable subscription and how far it has come: all before from_transaction, and of [from_transaction, to_transaction)
-- all up to seq.
create table event_subscription (
    plugin text not null,
    name text not null,
    pattern text not null,
    from_transaction xid8 not null default pg_snapshot_xmin(pg_current_snapshot()),
    to_transaction xid8 not null default pg_snapshot_xmin(pg_current_snapshot()),
    seq bigint not null default 0,
    delivered bigint not null default 0,
    -- Of the event that comes next, while its subscriber fails.
    attempt integer not null default 0,
    error text,
    retired boolean not null default false,
    -- Which host delivers, and until when nobody else does.
    host text,
    lease_until timestamptz,
    primary key (plugin, name)
);

-- What a subscriber refused too often.
create table event_dead (
    plugin text not null,
    subscription text not null,
    seq bigint not null,
    event text not null,
    topic text not null,
    key text not null,
    payload bytea not null,
    attempts integer not null,
    error text not null,
    at timestamptz not null default now(),
    primary key (plugin, subscription, seq)
);

-- Publishes as part of a plugin's own transaction; its role may speak for itself only.
create function event_publish(id text, source text, topic text, key text, payload bytea)
    returns void language plpgsql security definer set search_path = gantry, pg_temp as $$
declare
    caller text := current_setting('role');
begin
    if (caller <> 'none' and caller <> 'gantry_' || source) or not starts_with(topic, source || '.') then
        raise insufficient_privilege using message = format('role %s may not publish %s as plugin %s', caller, topic, source);
    end if;
    insert into event (id, source, topic, key, payload)
        values (event_publish.id, event_publish.source, event_publish.topic, event_publish.key, event_publish.payload)
        on conflict do nothing;
end $$;

revoke all on function event_made() from public;
