package marks

// Written is a mark as the tests of other rooms write it, in seconds; an end of
// zero is none.
type Written struct {
	At, End float64
	Label   string
}

// WriteAs writes marks in a row's format, by its proof's writer.
func WriteAs(source string, all []Written) []byte {
	out := make([]wrote, len(all))
	for i, w := range all {
		out[i] = wrote{w.At, w.End, w.Label}
		if proofs[source].points {
			out[i].end = 0
		}
	}
	return []byte(proofs[source].write(out))
}

// OnlyPoints reports whether a row's format has no ends.
func OnlyPoints(source string) bool { return proofs[source].points }
