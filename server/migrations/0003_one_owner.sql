-- `handover` is who handed the conversation to its owner, with a note, as JSON; null once they answered.
ALTER TABLE conversations ADD COLUMN handover TEXT;
