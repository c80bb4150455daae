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

-- Whether a receiver has ever been told: only then it is told that it is over.
alter table notification_member add column told boolean default false not null;
update notification_member set told = not changed;

-- What some of the recipients of a notification are still to be told.
alter table outbox add column recipients varchar(100000);
