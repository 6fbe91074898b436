-- Passwords and keys, encrypted: each value with a key of its own (sealed), that key with a master key (wrapped_key) which
-- is not in the database. Owner and name are authenticated with both.
create table secret (
    owner text not null,
    name text not null,
    key_id text not null,
    wrapped_key bytea not null,
    sealed bytea not null,
    updated_at timestamptz not null default now(),
    primary key (owner, name)
);

-- What is left to be wrapped anew after a change of the master key.
create index secret_key_id on secret (key_id);
