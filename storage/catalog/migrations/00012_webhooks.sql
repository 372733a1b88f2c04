-- +goose Up
CREATE TABLE webhooks (                      -- where creators are told what happens
  id           TEXT PRIMARY KEY,
  creator      TEXT NOT NULL,
  url          TEXT NOT NULL,
  kinds        TEXT NOT NULL,                -- a list; [] for every kind
  secret       TEXT NOT NULL,                -- whsec_…, with which messages are signed
  old_secret   TEXT NOT NULL DEFAULT '',     -- the one before, with which they are signed too until …
  old_until_ms BIGINT NOT NULL DEFAULT 0,
  disabled     TEXT NOT NULL DEFAULT '',     -- by_hand, gone, failing; '' where it is told
  disabled_ms  BIGINT NOT NULL DEFAULT 0,
  failed       BIGINT NOT NULL DEFAULT 0,    -- messages in a row that were given up
  quiet_ms     BIGINT NOT NULL DEFAULT 0,    -- nothing new is sent before: it asked for time
  revision     BIGINT NOT NULL DEFAULT 1,
  created_ms   BIGINT NOT NULL
);
CREATE INDEX webhooks_by_creator ON webhooks (creator, id);
CREATE TABLE messages (                      -- the outbox: one thing told to one webhook
  id         TEXT PRIMARY KEY,
  webhook_id TEXT NOT NULL,                  -- it may be gone: nobody who tells waits for who removes it
  kind       TEXT NOT NULL,
  body       TEXT NOT NULL,
  state      TEXT NOT NULL,                  -- waiting, sending, delivered, failed, held
  attempts   BIGINT NOT NULL DEFAULT 0,
  fence      BIGINT NOT NULL DEFAULT 0,
  lease_ms   BIGINT NOT NULL DEFAULT 0,
  not_before BIGINT NOT NULL,
  status     BIGINT NOT NULL DEFAULT 0,      -- of the last reply; 0: there was none
  failure    TEXT NOT NULL DEFAULT '',       -- pipeline.Error of the last attempt
  told_ms    BIGINT NOT NULL,
  ended_ms   BIGINT NOT NULL DEFAULT 0       -- delivered, or given up
);
CREATE INDEX messages_to_send ON messages (not_before, id) WHERE state IN ('waiting', 'sending');
CREATE INDEX messages_in_hand ON messages (webhook_id) WHERE state = 'sending';
CREATE INDEX messages_held ON messages (webhook_id) WHERE state = 'held';
CREATE INDEX messages_ended ON messages (ended_ms) WHERE state IN ('delivered', 'failed');
CREATE INDEX messages_by_webhook ON messages (webhook_id, told_ms, id);
-- +goose Down
DROP TABLE messages;
DROP TABLE webhooks;
