-- For whom a job is done: that principal may follow and cancel it.
alter table job add column principal_id text;

-- Hosts of the former version, which may run beside those of this one, give no principal.
drop function job_submit(text, text, text, text, bytea, integer, bigint, bigint);
create function job_submit(id text, plugin text, kind text, key text, payload bytea, attempts_max integer,
                           delay_ms bigint, deadline_ms bigint, principal_id text default '')
    returns boolean language plpgsql security definer set search_path = gantry, pg_temp as $$
declare
    caller text := current_setting('role');
begin
    -- "none": the server gives the host no roles to tell plugins apart by.
    if caller <> 'none' and caller <> 'gantry_' || plugin then
        raise insufficient_privilege using message = format('role %s may not submit jobs of plugin %s', caller, plugin);
    end if;
    insert into job (id, plugin, kind, key, payload, attempts_max, due_at, deadline_ms, principal_id)
        values (job_submit.id, job_submit.plugin, job_submit.kind, nullif(job_submit.key, ''), job_submit.payload,
                job_submit.attempts_max, now() + job_submit.delay_ms * interval '1 millisecond', job_submit.deadline_ms,
                nullif(job_submit.principal_id, ''))
        on conflict do nothing;
    return found;
end $$;
