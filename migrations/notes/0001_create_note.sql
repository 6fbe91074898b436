create table note (
    id bigint generated always as identity primary key,
    version bigint not null default 1,
    title text not null check (title <> ''),
    body text not null,
    tags text[] not null default '{}',
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    -- A word of the title counts for more than one of the body.
    search tsvector not null generated always as (
        setweight(to_tsvector('english', title), 'A') || setweight(to_tsvector('english', body), 'B')
    ) stored
);

create index note_search on note using gin (search);
