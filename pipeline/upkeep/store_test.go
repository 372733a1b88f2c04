package upkeep

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"dropcut/storage"
	"dropcut/storage/dir"
	"dropcut/storage/s3"
	"dropcut/storage/storagetest/versitygw"
)

// inStore copies a folder's objects into a store.
func (w *world) inStore(b *dir.Bucket, to *s3.Bucket) {
	w.t.Helper()
	var keys []string
	err := b.List(w.t.Context(), "", func(o storage.Object) bool {
		keys = append(keys, o.Key)
		return true
	})
	for _, key := range keys {
		var body []byte
		if err == nil {
			body, err = os.ReadFile(b.Path(key))
		}
		if err == nil {
			_, err = to.Put(w.t.Context(), key, strings.NewReader(string(body)), "")
		}
	}
	if err != nil {
		w.t.Fatal(err)
	}
}

// TestAStoreIsLookedAfterAsAFolderIs: clips and segments in one bucket, as a
// service keeps them that has a store for its output.
func TestAStoreIsLookedAfterAsAFolderIs(t *testing.T) {
	store, err := versitygw.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(store.Remove)
	t.Setenv("AWS_ACCESS_KEY_ID", versitygw.Access)
	t.Setenv("AWS_SECRET_ACCESS_KEY", versitygw.Secret)
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	b, err := s3.Open(t.Context(), s3.Config{Bucket: "show", Prefix: "out", Endpoint: store.Endpoint()})
	if err := errors.Join(err, b.Create(t.Context())); err != nil {
		t.Fatal(err)
	}
	w := newWorld(t)
	w.inStore(w.output, b)
	w.inStore(w.data, b)
	v := w.made()[1]
	p := w.premises()
	p.Output, p.Data = b, b
	check := func(o CheckOptions) []Finding {
		t.Helper()
		o.Pause = time.Millisecond
		r, err := Check(t.Context(), p, o)
		if err != nil {
			t.Fatal(err)
		}
		return r.Findings
	}
	if all := check(CheckOptions{Deep: true}); len(all) != 0 {
		t.Errorf("%+v", all)
	}
	w.rubbish(time.Hour)
	w.inStore(w.output, b)
	w.inStore(w.data, b)
	if r, err := Collect(t.Context(), p, CollectOptions{}); err != nil || total(r) != 0 {
		t.Errorf("of what is young went %+v, %v", r, err)
	}
	if r, err := Collect(t.Context(), p, CollectOptions{Grace: NoGrace}); err != nil || r.Output.Objects != 4 || r.Segments.Objects != 1 || r.Excerpts.Objects != 1 || r.Sidecars.Objects != 0 || total(r) != 6 {
		t.Errorf("went %+v, %v", r, err)
	}
	if all := check(CheckOptions{Deep: true}); len(all) != 0 {
		t.Errorf("after a collection: %+v", all)
	}
	if err := errors.Join(b.Delete(t.Context(), v.Made.Key), b.Delete(t.Context(), w.newest().Key)); err != nil {
		t.Fatal(err)
	}
	if all := check(CheckOptions{}); len(all) != 2 || all[0].Code != excerptGone || all[1].Code != fileGone {
		t.Errorf("%+v", all)
	}
}
