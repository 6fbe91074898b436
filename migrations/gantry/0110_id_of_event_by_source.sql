-- An id is one event of its publisher: what another plugin calls the same is another event.
alter table event add constraint event_id_source unique (id, source);
alter table event drop constraint event_id_key;
