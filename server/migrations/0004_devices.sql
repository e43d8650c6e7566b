-- Devices are listed, and can be cut off: then their sessions are over and their next contact tells them to wipe.

-- `kind` is what the device's browser says it is, as JSON. `seen_at` is null for a device that was not heard of since
-- this was noted, `cut_off_by` when the account was closed, `told_at` while the device does not know that it was cut off.
ALTER TABLE devices ADD COLUMN kind TEXT NOT NULL DEFAULT '{}';
ALTER TABLE devices ADD COLUMN seen_at BIGINT;
ALTER TABLE devices ADD COLUMN cut_off_at BIGINT;
ALTER TABLE devices ADD COLUMN cut_off_by TEXT;
ALTER TABLE devices ADD COLUMN told_at BIGINT;
CREATE INDEX devices_of_member ON devices (shop, member);

-- The device that a session is used from. The session of a device that was cut off is kept until it would have ended
-- anyway, so that the device can be told.
ALTER TABLE sessions ADD COLUMN device TEXT;
CREATE INDEX sessions_of_device ON sessions (shop, device);

-- The numbering that the shop's scopes begin with: a later one after a backup was restored, so that no cursor of what was
-- lost is taken for one of what came after.
ALTER TABLE shops ADD COLUMN first_generation BIGINT NOT NULL DEFAULT 1;
