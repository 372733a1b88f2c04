package catalog

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"dropcut/pipeline"
)

// PutToken keeps a new token under the digest of its text, which is kept nowhere.
func (t *Tx) PutToken(k pipeline.Token, hash string) error {
	_, err := t.exec(`INSERT INTO tokens (id, hash, name, creator, scopes, created_ms, expires_ms) VALUES ($1, $2, $3, $4, $5, now_ms, $6)`,
		k.ID, hash, k.Name, k.Creator, text(k.Scopes), ms(k.Expires))
	return err
}

// Tokens is the tokens for a creator's things ("": all), newest first, behind
// the ID before. Revoked and expired ones are there too.
func (t *Tx) Tokens(creator, before string, limit int) ([]pipeline.Token, error) {
	query, args := page("id", creator, before, limit)
	return t.tokens(query, args...)
}

// Token is the token with that ID, of a creator's things ("": anybody's).
func (t *Tx) Token(creator, id string) (pipeline.Token, error) {
	all, err := t.tokens(`WHERE id = $2 AND ($1 = '' OR creator = $1)`, creator, id)
	if err == nil && len(all) == 0 {
		err = noSuch("token")
	}
	if err != nil {
		return pipeline.Token{}, err
	}
	return all[0], nil
}

// RevokeToken ends a token at once; twice is once.
func (t *Tx) RevokeToken(id string) error {
	_, err := t.exec(`UPDATE tokens SET revoked_ms = now_ms WHERE id = $1 AND revoked_ms = 0`, id)
	return err
}

// CountTokens is how many tokens are good.
func (t *Tx) CountTokens() (n int64, err error) {
	err = t.one("count", `SELECT COUNT(*) FROM tokens WHERE revoked_ms = 0 AND (expires_ms = 0 OR expires_ms > now_ms)`, nil, &n)
	return n, err
}

// usedEvery is how exact the time is at which a token was used last.
const usedEvery = time.Minute

// TokenWith is the token whose text has that digest, if it is good now.
// NotFound where there is none.
func (db *DB) TokenWith(ctx context.Context, hash string) (pipeline.Token, error) {
	var out pipeline.Token
	err := db.run(ctx, db.single, func(t *Tx) error {
		all, err := t.tokens(`WHERE hash = $1 AND revoked_ms = 0 AND (expires_ms = 0 OR expires_ms > now_ms)`, hash)
		if err == nil && len(all) == 0 {
			err = noSuch("token")
		}
		if err != nil {
			return err
		}
		out = all[0]
		_, err = t.exec(`UPDATE tokens SET used_ms = now_ms WHERE id = $1 AND used_ms < now_ms - $2`, out.ID, usedEvery.Milliseconds())
		return err
	})
	return out, err
}

func (t *Tx) tokens(where string, args ...any) ([]pipeline.Token, error) {
	var out []pipeline.Token
	err := t.each(`SELECT id, name, creator, scopes, created_ms, expires_ms, used_ms, revoked_ms FROM tokens `+where, args, func(rows *sql.Rows) error {
		var k pipeline.Token
		var scopes string
		var created, expires, used, revoked int64
		if err := rows.Scan(&k.ID, &k.Name, &k.Creator, &scopes, &created, &expires, &used, &revoked); err != nil {
			return err
		}
		k.Created, k.Expires, k.Used, k.Revoked = *orZero(created), at(expires), at(used), at(revoked)
		out = append(out, k)
		return json.Unmarshal([]byte(scopes), &out[len(out)-1].Scopes)
	})
	return out, err
}

// Answer is what was answered to a call that may be made again.
type Answer struct {
	Asked  string // digest of what was asked
	Status int
	Body   string // JSON
}

// Answered is what was answered to a holder's key; ok is false where it is new,
// and from then on it is this transaction's to answer.
func (t *Tx) Answered(holder, key, asked string) (a Answer, ok bool, err error) {
	n, err := t.exec(`INSERT INTO answers (holder, key, asked, status, body, at_ms) VALUES ($1, $2, $3, 0, '', now_ms) ON CONFLICT DO NOTHING`, holder, key, asked)
	if err != nil || n > 0 {
		return a, false, err
	}
	err = t.one("answer", `SELECT asked, status, body FROM answers WHERE holder = $1 AND key = $2`, []any{holder, key}, &a.Asked, &a.Status, &a.Body)
	return a, true, err
}

// PutAnswer keeps what is answered. Status 0 keeps nothing: the same call is
// made anew.
func (t *Tx) PutAnswer(holder, key string, a Answer) error {
	if a.Status == 0 {
		_, err := t.exec(`DELETE FROM answers WHERE holder = $1 AND key = $2`, holder, key)
		return err
	}
	_, err := t.exec(`UPDATE answers SET status = $3, body = $4 WHERE holder = $1 AND key = $2`, holder, key, a.Status, a.Body)
	return err
}

// ForgetAnswers removes answers older than keep, and counts them.
func (t *Tx) ForgetAnswers(keep time.Duration) (int64, error) {
	return t.exec(`DELETE FROM answers WHERE at_ms < now_ms - $1`, keep.Milliseconds())
}
