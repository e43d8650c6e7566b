-- What a supervisor whispered to whoever holds a conversation, as JSON; null once somebody answered or heard it.
ALTER TABLE conversations ADD COLUMN whisper TEXT;
