-- As many rows as pgbench makes at scale 1, and as wide.
create table account (
    id integer primary key,
    balance bigint not null,
    filler char(84) not null
);
insert into account select n, 0, '' from generate_series(1, 100000) as n;
