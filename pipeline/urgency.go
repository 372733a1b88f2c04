package pipeline

// Urgency says how soon a piece of work is wanted. All that is of one goes
// before all that is of the next; each has a queue of its name.
type Urgency string

// The urgencies, most urgent first.
const (
	First Urgency = "first" // the way to a fresh recording's first short
	Edit  Urgency = "edit"  // a person asked for it and waits
	Bulk  Urgency = "bulk"  // everything else
)

// Urgencies is all of them, most urgent first.
var Urgencies = []Urgency{First, Edit, Bulk}

// band is how many places an urgency has. Bulk begins at 0, so that a priority
// nobody thought about is never urgent.
const band = 1 << 40

// Priority is that of a row of this urgency: a row with a lower n goes first,
// of two with the same the older. n is at least 0 and below 2^40.
func (u Urgency) Priority(n int64) int64 {
	switch u {
	case First:
		return n - 2*band
	case Edit:
		return n - band
	}
	return n
}

// UrgencyOf is the urgency of a row with that priority.
func UrgencyOf(priority int64) Urgency {
	switch {
	case priority < -band:
		return First
	case priority < 0:
		return Edit
	}
	return Bulk
}

// Rest is the priority of what is not on the way to the first short, in the
// line of a row with that priority: the same place in Bulk. What is not First
// stays as it is.
func Rest(priority int64) int64 {
	if UrgencyOf(priority) == First {
		return priority + 2*band
	}
	return priority
}
