package faultstest

// Proof is a test, and the room it is in.
type Proof struct {
	Room string // folder below the module's root
	Test string
}

// Row is one fault of the matrix.
type Row struct {
	Number   int
	Fault    string
	How      string    // what is done, a sentence
	Holds    string    // what must hold
	Shown    []Proof   // by make test in short, by make faults at length
	Guards   []string  // what keeps it so, each with a control
	Controls []Control // builds without a guard
	Without  []Proof   // tests that take a guard away themselves, and find the harm
}

// Matrix is every fault that dropcut is held against, by number.
var Matrix = rows()

// in is tests of one room.
func in(room string, tests ...string) (out []Proof) {
	for _, t := range tests {
		out = append(out, Proof{room, t})
	}
	return out
}
