-- Whether the receiver has been notified of the alert.
alter table notification_member rename column told to notified;
