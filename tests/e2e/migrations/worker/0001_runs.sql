-- One row for each attempt that came to its end; no constraint, so that a second one of the same attempt would show.
create table run (
    job text not null,
    attempt integer not null,
    at timestamptz not null default clock_timestamp()
);
-- Written in the transaction that submits a job: both or neither.
create table sent (job text not null);
