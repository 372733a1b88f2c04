-- +goose Up
CREATE TABLE desks (                    -- who judges, hands out or reports for a creator locks its row first
  creator TEXT PRIMARY KEY,
  entries BIGINT NOT NULL
);
CREATE TABLE channels (
  id         TEXT PRIMARY KEY,
  creator    TEXT NOT NULL,
  name       TEXT NOT NULL,
  platform   TEXT NOT NULL,
  account    TEXT NOT NULL,             -- the last that was named, as accounts are compared; '': none ever was
  revision   BIGINT NOT NULL,
  doc        TEXT NOT NULL,             -- pipeline.Channel
  created_ms BIGINT NOT NULL,
  updated_ms BIGINT NOT NULL,
  removed_ms BIGINT NOT NULL DEFAULT 0  -- 0: it stands
);
CREATE UNIQUE INDEX one_channel_a_name ON channels (creator, name) WHERE removed_ms = 0;
CREATE UNIQUE INDEX one_channel_an_account ON channels (creator, platform, account) WHERE removed_ms = 0 AND account <> '';
CREATE TABLE verdicts (
  id         TEXT PRIMARY KEY,
  creator    TEXT NOT NULL,
  variant_id TEXT NOT NULL REFERENCES variants (id),
  digest     TEXT NOT NULL,             -- of the file that was judged
  says       TEXT NOT NULL,
  reason     TEXT NOT NULL,
  judge      TEXT NOT NULL,             -- a token, or a channel that takes siblings
  at_ms      BIGINT NOT NULL
);
CREATE INDEX verdicts_by_variant ON verdicts (variant_id, at_ms, id);
CREATE INDEX verdicts_by_creator ON verdicts (creator, id);
CREATE TABLE ready (                    -- approved files: what may be handed out
  variant_id  TEXT PRIMARY KEY REFERENCES variants (id),
  creator     TEXT NOT NULL,
  moment_id   TEXT NOT NULL,
  clip_id     TEXT NOT NULL,
  recording_id TEXT NOT NULL,
  kind        TEXT NOT NULL,
  aspect      TEXT NOT NULL,
  language    TEXT NOT NULL,
  offer       BOOLEAN NOT NULL,         -- it speaks of an offer …
  offer_ms    BIGINT NOT NULL,          -- … that ends then; 0: nobody said when
  file        TEXT NOT NULL,            -- its key in the output
  fresh_ms    BIGINT NOT NULL,          -- when its recording was taken in
  approved_ms BIGINT NOT NULL,
  doc         TEXT NOT NULL             -- pipeline.Ready
);
CREATE INDEX ready_by_clip ON ready (clip_id, approved_ms, variant_id);
CREATE INDEX ready_by_recording ON ready (recording_id);
CREATE INDEX ready_by_creator ON ready (creator, fresh_ms DESC, approved_ms, variant_id);
CREATE INDEX ready_by_approval ON ready (approved_ms, variant_id);
CREATE INDEX ready_of_creator ON ready (creator, approved_ms, variant_id);
CREATE INDEX ready_offers ON ready (offer_ms) WHERE offer_ms > 0;
CREATE TABLE waiting (                  -- what a channel may be handed now: ready, fitting, and not handed out there
  channel_id  TEXT NOT NULL REFERENCES channels (id),
  variant_id  TEXT NOT NULL REFERENCES ready (variant_id),
  clip_id     TEXT NOT NULL,
  fresh_ms    BIGINT NOT NULL,
  approved_ms BIGINT NOT NULL,
  not_before  BIGINT NOT NULL,          -- a platform said to try again then
  PRIMARY KEY (channel_id, variant_id)
);
CREATE INDEX waiting_in_order ON waiting (channel_id, fresh_ms DESC, approved_ms, variant_id);
CREATE INDEX waiting_by_clip ON waiting (channel_id, clip_id, approved_ms, variant_id);
CREATE INDEX waiting_by_variant ON waiting (variant_id);
CREATE TABLE claims (                   -- a claim that was posted is the post
  id           TEXT PRIMARY KEY,
  creator      TEXT NOT NULL,
  channel_id   TEXT NOT NULL REFERENCES channels (id),
  recording_id TEXT NOT NULL,
  moment_id    TEXT NOT NULL,
  clip_id      TEXT NOT NULL,
  kind         TEXT NOT NULL,
  variant_id   TEXT NOT NULL,
  digest       TEXT NOT NULL,
  file         TEXT NOT NULL,
  state        TEXT NOT NULL,
  holder       TEXT NOT NULL,           -- the token that claimed
  again        BOOLEAN NOT NULL,
  claimed_ms   BIGINT NOT NULL,
  until_ms     BIGINT NOT NULL,
  post_ms      BIGINT NOT NULL,         -- when it is best posted
  at_ms        BIGINT NOT NULL,         -- when it is posted, as far as is known: post_ms, then as reported
  scheduled_ms BIGINT NOT NULL DEFAULT 0,
  draft_id     TEXT NOT NULL DEFAULT '',
  posted_ms    BIGINT NOT NULL DEFAULT 0,
  removed_ms   BIGINT NOT NULL DEFAULT 0,
  url          TEXT NOT NULL DEFAULT '',
  external_id  TEXT NOT NULL DEFAULT '',
  failure      TEXT NOT NULL DEFAULT '', -- pipeline.PostFailure
  blocks       BOOLEAN NOT NULL DEFAULT FALSE, -- its failure is for good: not this file there again
  revoked      BOOLEAN NOT NULL DEFAULT FALSE,
  changed_ms   BIGINT NOT NULL,
  revision     BIGINT NOT NULL DEFAULT 1,
  choice       TEXT NOT NULL DEFAULT '', -- why this variant of its clip, as JSON; '' where there was one alone
  closed       BOOLEAN NOT NULL DEFAULT FALSE, -- its first 12 hours are over, and were told of
  doc          TEXT NOT NULL            -- pipeline.Ready: what was handed out
);
CREATE UNIQUE INDEX one_claim_a_clip ON claims (channel_id, clip_id)
  WHERE NOT again AND state IN ('claimed', 'scheduled', 'posted', 'unknown', 'removed');
CREATE UNIQUE INDEX one_hand_a_variant ON claims (channel_id, variant_id) WHERE state IN ('claimed', 'scheduled', 'unknown');
CREATE INDEX claims_due ON claims (until_ms) WHERE state IN ('claimed', 'scheduled');
CREATE INDEX claims_open ON claims (posted_ms) WHERE posted_ms > 0 AND NOT closed;
CREATE INDEX claims_posted ON claims (creator, posted_ms, id) WHERE posted_ms > 0;
CREATE INDEX claims_posted_by_all ON claims (posted_ms, id) WHERE posted_ms > 0;
CREATE INDEX claims_by_channel ON claims (channel_id, at_ms);
CREATE INDEX claims_of_channel ON claims (channel_id, id);
CREATE INDEX claims_of_creator ON claims (creator, id);
CREATE INDEX claims_by_state ON claims (creator, state, id);
CREATE INDEX claims_revoked ON claims (creator, id) WHERE revoked;
CREATE INDEX claims_by_variant ON claims (variant_id, id);
CREATE INDEX claims_by_moment ON claims (moment_id, id);
CREATE INDEX claims_by_recording ON claims (recording_id, id);
CREATE INDEX claims_by_change ON claims (changed_ms, id);
CREATE INDEX claims_by_external ON claims (channel_id, external_id) WHERE external_id <> '';
CREATE TABLE recalls (
  subject_id   TEXT PRIMARY KEY,        -- a variant; or a moment or a recording, and then all there that speaks of an offer
  kind         TEXT NOT NULL,           -- which: variant, moment, recording
  recording_id TEXT NOT NULL,           -- of a moment or a recording; '' for a variant
  id           TEXT NOT NULL UNIQUE,    -- in order of time
  creator      TEXT NOT NULL,
  reason       TEXT NOT NULL,
  holder       TEXT NOT NULL,           -- who recalled it; '' where its offer ended
  at_ms        BIGINT NOT NULL,
  lifted       BOOLEAN NOT NULL DEFAULT FALSE -- of a variant: it may be posted, though all there is recalled
);
CREATE INDEX recalls_by_recording ON recalls (recording_id);
CREATE INDEX recalls_of_creator ON recalls (creator, id) WHERE NOT lifted;
CREATE TABLE sweeps (                   -- recordings whose files a sweep is to look at again: what a recall covers there may have changed
  recording_id TEXT PRIMARY KEY,
  creator      TEXT NOT NULL,
  until_ms     BIGINT NOT NULL          -- and until then: who wrote beside it has ended by that time
);
CREATE TABLE tokens (
  id         TEXT PRIMARY KEY,
  hash       TEXT NOT NULL UNIQUE,      -- SHA-256 of the token
  name       TEXT NOT NULL,
  creator    TEXT NOT NULL,             -- whose things it reaches; '' for everybody's
  scopes     TEXT NOT NULL,             -- JSON list
  created_ms BIGINT NOT NULL,
  expires_ms BIGINT NOT NULL,           -- 0: never
  used_ms    BIGINT NOT NULL DEFAULT 0,
  revoked_ms BIGINT NOT NULL DEFAULT 0
);
CREATE TABLE answers (                  -- what was answered to calls that may be made again
  holder  TEXT NOT NULL,                -- the token
  key     TEXT NOT NULL,                -- its Idempotency-Key
  asked   TEXT NOT NULL,                -- digest of what was asked
  status  BIGINT NOT NULL,
  body    TEXT NOT NULL,
  at_ms   BIGINT NOT NULL,
  PRIMARY KEY (holder, key)
);
CREATE INDEX answers_by_age ON answers (at_ms);
-- +goose Down
DROP TABLE answers;
DROP TABLE tokens;
DROP TABLE sweeps;
DROP TABLE recalls;
DROP TABLE claims;
DROP TABLE waiting;
DROP TABLE ready;
DROP TABLE verdicts;
DROP TABLE channels;
DROP TABLE desks;
