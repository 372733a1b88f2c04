package web

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"time"

	"dropcut/pipeline"
	"dropcut/storage"
	"dropcut/web/api"
)

// Signed are links to this site, for buckets that have none of their own.
type Signed struct {
	Base   string // where the site is reached, such as http://127.0.0.1:8420
	Secret []byte
}

// Link is a link to a file that is good until then.
func (l Signed) Link(_ context.Context, key string, lives time.Duration) (string, time.Time, error) {
	ends := time.Now().Add(lives)
	until := strconv.FormatInt(ends.Unix(), 10)
	return l.Base + "/files/" + (&url.URL{Path: key}).EscapedPath() + "?until=" + until + "&signature=" + l.sign(key, until), ends, nil
}

func (l Signed) sign(key, until string) string {
	mac := hmac.New(sha256.New, l.Secret)
	fmt.Fprintf(mac, "%s\x00%s", key, until)
	return hex.EncodeToString(mac.Sum(nil))
}

// good reports whether a link was made here and is still good.
func (l Signed) good(key, until, signature string) bool {
	at, err := strconv.ParseInt(until, 10, 64)
	return err == nil && time.Now().Unix() < at && hmac.Equal([]byte(signature), []byte(l.sign(key, until)))
}

// file hands out a file by a signed link, ranges too.
func (s *Site) file(w http.ResponseWriter, r *http.Request) {
	key, q := r.PathValue("key"), r.URL.Query()
	if len(s.Files.Secret) == 0 || !s.Files.good(key, q.Get("until"), q.Get("signature")) {
		api.Refuse(w, r, http.StatusForbidden, pipeline.Fail(pipeline.Invalid, "bad_link", "ask for a new one", "the link is not ours, or its time is over"))
		return
	}
	o, err := s.Output.Stat(r.Context(), key)
	if err != nil {
		e := pipeline.AsError(err, "")
		s.Log.Warn("file not read", "key", key, "error", err)
		api.Refuse(w, r, api.StatusOf(e), e)
		return
	}
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "sandbox")
	h.Set("Content-Disposition", mime.FormatMediaType("inline", map[string]string{"filename": path.Base(key)})) // RFC 6266: its name is ours, whatever the address says
	h.Set("ETag", strconv.Quote(o.Version))
	body := storage.NewSeeker(r.Context(), s.Output, o)
	defer body.Close()
	http.ServeContent(w, r, path.Base(key), o.Modified, body)
}
