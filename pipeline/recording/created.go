package recording

import (
	"encoding/binary"
	"time"
)

// Created is when the container says that the recording was begun, in UTC;
// false where it does not say, or says a year in which nobody recorded.
// Recorders whose clock is in local time write that as if it were UTC.
func (r *Recording) Created() (time.Time, bool) {
	var t time.Time
	switch i := r.index.(type) {
	case *mp4Index:
		t = mp4Created(i.mvhd)
	case *matroska:
		t = i.created
	}
	return t, t.Year() >= 2000 && t.Year() <= 2100
}

// mp4Created reads the creation time of an mvhd: seconds since 1904
// (ISO/IEC 14496-12, 8.2.2). The zero time where it is not set.
func mp4Created(mvhd []byte) time.Time {
	seconds := int64(u32(mvhd, 4))
	if len(mvhd) > 0 && mvhd[0] == 1 {
		seconds = int64(u64(mvhd, 4))
	}
	if seconds <= 0 || seconds > 1<<33 {
		return time.Time{}
	}
	return time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(seconds) * time.Second)
}

// matroskaCreated reads a DateUTC: nanoseconds since 2001 (RFC 9559, 5.1.2.11).
func matroskaCreated(b []byte) time.Time {
	if len(b) != 8 {
		return time.Time{}
	}
	return time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(binary.BigEndian.Uint64(b)))
}
