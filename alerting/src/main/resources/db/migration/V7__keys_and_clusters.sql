-- A group is found by its receiver, its route's matchers and its labels. Its id is what PagerDuty and mailboxes know it by, and stays.
alter table notification_group add column group_key varchar(64);
create unique index notification_group_by_key on notification_group (group_key);

-- Of baselines, those that changed longest ago make room.
create index baseline_by_update on baseline (updated_ms, id);

-- Several clusters may have namespaces and workloads of the same names. Alerts that were taken in before have none here.
alter table alert add column cluster varchar(253);
create index alert_by_cluster on alert (cluster, last_seen_ms desc, id);
