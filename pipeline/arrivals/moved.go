package arrivals

import (
	"context"
	"strings"

	"dropcut/storage/catalog"
)

// unasked is rows in hand that there are never: who followed those asks anew.
const unasked = "?"

// follow has a recording taken in anew by another of its names, where that under
// which it is known lies there no more: later steps read it where it lies. It
// asks at the first look and when something went or was written over, until it
// was answered, and again as often as one of the rows that were in hand then is
// over: that may have become a name, and have seen the other while it still lay there.
func (w *Watcher) follow(ctx context.Context, l listing) error {
	for key, as := range w.known {
		if o, ok := l.objects[key]; !ok || !strings.HasPrefix(as, o.Version+" ") {
			w.followed = unasked
			delete(w.known, key)
		}
	}
	if w.followed == "" {
		return nil
	}
	var now string
	err := w.Catalog.Write(ctx, func(tx *catalog.Tx) error {
		rows, err := tx.InHand(w.Name)
		if now = strings.Join(rows, " "); err != nil || now == w.followed {
			return err
		}
		return w.moved(tx, l)
	})
	if err == nil {
		w.followed = now
	}
	return err
}

// moved has every recording that lies no more where it is known taken in by another name.
func (w *Watcher) moved(tx *catalog.Tx, l listing) error {
	all, err := tx.Seconds(w.Name)
	for _, s := range all {
		if err != nil {
			break
		}
		o, lies := l.objects[s.Key]
		if home, ok := l.objects[s.Recording.Key]; lies && o.Version == s.Version && (!ok || home.Version != s.Recording.Version) {
			err = tx.Unaccept(w.Name, s.Key)
		}
	}
	return err
}
