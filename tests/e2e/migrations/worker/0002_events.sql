-- One row for each delivery, in their order; no constraint, so that repetitions show.
create table heard (
    place bigint generated always as identity,
    event text not null,
    key text not null,
    payload text not null,
    attempt integer not null
);
-- Written in the transaction that publishes an event: both or neither.
create table told (payload text not null);
