-- Whether an alert or incident was folded or suppressed, so that no receiver is notified of it.
alter table alert rename column quiet to unreported;
alter table incident rename column quiet to unreported;
