-- A host that works on jobs. Its lease covers all that it has claimed: renewing it costs one row, however much that is.
create table job_host (
    id bigint generated always as identity primary key,
    name text not null,
    started_at timestamptz not null default now(),
    lease_until timestamptz not null
);

create table job (
    -- Made by the host: time first, so that jobs of one moment keep their order, and a repeated insert is none.
    id text collate "C" primary key,
    plugin text not null,
    kind text not null,
    key text,
    payload bytea not null,
    -- 0 waiting, 1 running, 2 done, 3 dead, 4 cancelled
    state smallint not null default 0,
    attempt integer not null default 0,
    attempts_max integer not null,
    due_at timestamptz not null,
    deadline_ms bigint not null default 0,
    host bigint,
    cancel_asked boolean not null default false,
    progress_permille integer not null default 0,
    progress_note text not null default '',
    schedule text,
    scheduled_for timestamptz,
    error_code text,
    error text,
    created_at timestamptz not null default now(),
    started_at timestamptz,
    finished_at timestamptz
);

create index job_due on job (plugin, kind, due_at, id) where state = 0;
create index job_running on job (host) where state = 1;
create index job_over on job (finished_at) where state >= 2;
create unique index job_key on job (plugin, kind, key) where key is not null and state < 2;
-- Each time of a schedule makes one job, whoever makes it.
create unique index job_of_schedule on job (plugin, schedule, scheduled_for) where schedule is not null;

-- Each job is three versions of a row within seconds: what is dead is to be swept as quickly.
alter table job set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000,
                     autovacuum_vacuum_cost_delay = 0, autovacuum_analyze_threshold = 5000);

create function job_made() returns trigger language plpgsql as $$
begin
    notify gantry_job;
    return null;
end $$;
create trigger job_made after insert on job for each statement execute function job_made();

create table job_schedule (
    plugin text not null,
    name text not null,
    kind text not null,
    payload bytea not null,
    cron text not null,
    time_zone text not null,
    -- What the plugin's code says; cron and time_zone are what an administrator may have made of it.
    declared_cron text not null,
    declared_time_zone text not null,
    catch_up smallint not null,
    catch_up_max integer not null,
    enabled boolean not null default true,
    -- The plugin does not declare it any more.
    retired boolean not null default false,
    next_at timestamptz,
    last_at timestamptz,
    primary key (plugin, name)
);

-- Inserts a job as part of a plugin's own transaction. The plugin's role may call it for its own plugin only; it sees
-- nothing else of this schema. False: a job of this kind and key waits or runs.
create function job_submit(id text, plugin text, kind text, key text, payload bytea, attempts_max integer,
                           delay_ms bigint, deadline_ms bigint)
    returns boolean language plpgsql security definer set search_path = gantry, pg_temp as $$
declare
    caller text := current_setting('role');
begin
    -- "none": the server gives the host no roles to tell plugins apart by.
    if caller <> 'none' and caller <> 'gantry_' || plugin then
        raise insufficient_privilege using message = format('role %s may not submit jobs of plugin %s', caller, plugin);
    end if;
    insert into job (id, plugin, kind, key, payload, attempts_max, due_at, deadline_ms)
        values (job_submit.id, job_submit.plugin, job_submit.kind, nullif(job_submit.key, ''), job_submit.payload,
                job_submit.attempts_max, now() + job_submit.delay_ms * interval '1 millisecond', job_submit.deadline_ms)
        on conflict do nothing;
    return found;
end $$;

revoke all on function job_made() from public;
grant usage on schema gantry to public;
