-- A group is found by its receiver, its route's matchers and its labels. Its id is what PagerDuty and mailboxes know it by, and stays.
alter table notification_group add column group_key varchar(64);
create unique index notification_group_by_key on notification_group (group_key);

-- Of baselines, those that changed longest ago make room.
create index baseline_by_update on baseline (updated_ms, id);
