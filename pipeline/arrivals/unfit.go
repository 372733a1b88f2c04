package arrivals

import (
	"path"
	"slices"
	"strings"
	"time"

	"dropcut/pipeline"
	"dropcut/pipeline/beside"
)

// idle is since when an object that is no recording lies there as it does.
type idle struct {
	version string
	since   time.Time
}

// unfit adds to what is refused what people take for recordings and what stays
// none for the quiet time: files without a byte, and sound alone. It gives those
// that may still become one.
func (w *Watcher) unfit(l listing) map[string]bool {
	now, idles, pending := time.Now(), map[string]idle{}, map[string]bool{}
	for key, o := range l.objects {
		why := l.unfit(key)
		if why == nil {
			continue
		}
		was, ok := w.idles[key]
		if !ok || was.version != o.Version {
			was = idle{o.Version, now}
		}
		idles[key] = was
		if ok && now.Sub(was.since) >= w.Settle || l.isDone(key) {
			l.refused[key] = why
		} else {
			pending[key], w.soon = true, true
		}
	}
	w.idles = idles
	return pending
}

// unfit is why an object that people take for a recording is none; nil for one
// that may be a recording, and for everything else. Sound that lies beside a
// recording, under its name or in the folder of its name, is no arrival.
func (l listing) unfit(key string) *pipeline.Error {
	folder, base := split(key)
	above, name := split(folder)
	switch {
	case isHidden(key):
	case beside.IsRecording(key) && l.objects[key].Size == 0:
		return pipeline.Fail(pipeline.Invalid, "empty_file", "send it again: it is taken in once it has bytes and no longer grows", "%s is empty", base)
	case beside.IsSound(key) && !l.hasRecording(folder, strings.TrimSuffix(base, path.Ext(base))) && (folder == "" || !l.hasRecording(above, name)):
		return beside.Unfit(base)
	}
	return nil
}

// hasRecording reports whether a recording of that name, without its ending, lies in a folder.
func (l listing) hasRecording(folder, stem string) bool {
	return slices.ContainsFunc(l.names[folder], func(name string) bool {
		return beside.IsRecording(name) && strings.TrimSuffix(name, path.Ext(name)) == stem
	})
}
