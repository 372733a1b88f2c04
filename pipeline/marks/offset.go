package marks

import (
	"regexp"
	"strings"
	"time"
)

// PassOffset is the code of an entry that shifts its list.
const PassOffset = "offset"

// offsetLabel is how a list of Twitch markers says that it counts from the
// stream's beginning and the recording begins later: "OFFSET 00:40:31". Dashes
// stand for colons where a tool cannot type them.
var offsetLabel = regexp.MustCompile(`(?i)^offset(?:\s*:|\s+)?\s*((?:\d{1,3}[:-])?\d{1,2}[:-]\d{2})$`)

// offset shifts a list by what its last OFFSET says, and says so. It is not
// followed where fewer entries would lie in the recording than before: then the
// offset is of another recording, such as the camera's beside the stream's.
func (l *List) offset(of Recording) {
	by, at := time.Duration(0), -1
	for i := range l.Entries {
		e := &l.Entries[i]
		m := offsetLabel.FindStringSubmatch(e.Label)
		if m == nil {
			continue
		}
		e.PassCode, e.Pass = PassOffset, "it says where the recording begins in the stream, and points at nothing"
		if t, rest, ok := scanTime(strings.ReplaceAll(m[1], "-", ":")); ok && rest == "" {
			by, at = t.at, i
		}
	}
	if at < 0 {
		return
	}
	if l.within(of, by) < l.within(of, 0) {
		l.remark("%q is not followed: with it, fewer of the marks would lie in the recording", l.Entries[at].Label)
		return
	}
	l.remark("%q: all its times are taken as counted from the stream's beginning, %v before the recording's", l.Entries[at].Label, by)
	for i := range l.Entries {
		if e := &l.Entries[i]; e.PassCode == "" {
			e.At -= by
		}
	}
}

// within counts the entries that lie in the recording once shifted.
func (l *List) within(of Recording, by time.Duration) (n int) {
	for _, e := range l.Entries {
		if at := e.At - by; e.PassCode == "" && at >= 0 && (of.Length == 0 || at <= of.Length) {
			n++
		}
	}
	return n
}
