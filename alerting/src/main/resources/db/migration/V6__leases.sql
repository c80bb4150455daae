-- Which replica does a work that only one of them may do at a time.
drop table receiver_lease;
create table lease (
  work     varchar(253) primary key,
  owner    varchar(64)  not null,
  until_ms bigint       not null
);

-- Who took a decision back, and when.
alter table decision add column undone_by varchar(253);
alter table decision add column undone_ms bigint;

alter table notification_group drop column sent_count;
