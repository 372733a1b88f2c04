package faultstest

import (
	_ "embed" // what was measured
	"fmt"
	"strings"
)

const preface = `# Faults

What is broken on purpose, what must hold all the same, and which tests show it. Written from ` + "`faultstest/rows.go`" + `; a test compares it with the names of the tests that there are.

` + "`make test`" + ` does every row in short; ` + "`make faults`" + ` does it at length, runs every control, and ends with a table of figures. Both say the seed that their chance comes from: ` + "`make faults SEED=7`" + ` does the same again, ` + "`ROW=3,5`" + ` two rows alone, ` + "`FAULTS=5`" + ` fewer faults.

What must hold: **I1** what was accepted ends made, or failed with a reason; **I2** nothing is there twice; **I5** what is named is there and whole; **I6** nothing is left over. A *control* is a build of the tests without one guard, in which the named test must fail, or a test that takes the guard away itself and finds the harm. A build without a guard counts only where the same test, as patient, passes in a build with it. What is killed, stopped or emptied was started by the test, which has its handle; a Redis is asked for the mark it was given. After a service or a fleet was disturbed (rows 1, 2, 4 to 7, 9, 11 to 13, 22 and 23), ` + "`fsck`" + ` (` + "`--deep` in `make faults`" + `) finds nothing, and what stands after ` + "`gc`" + ` without grace is what stands where nobody disturbed it: the same clips of the same recipes.

Rows 19, 24 and 25 of the matrix belong to the API and to captions, and are with those.
`

//go:embed measured.md
var measured string

// Document is docs/faults.md.
func Document() string {
	var b strings.Builder
	b.WriteString(preface)
	for _, r := range Matrix {
		fmt.Fprintf(&b, "\n## %d. %s\n\n%s Must hold: %s.\n\nShown by %s.\n\nGuards: %s.\n", r.Number, r.Fault, r.How, r.Holds, named(r.Shown), strings.Join(r.Guards, "; "))
		if said := sham[r.Number]; said != "" {
			fmt.Fprintf(&b, "\nNot on the line itself: %s\n", said)
		}
		if len(r.Controls)+len(r.Without) > 0 {
			b.WriteString("\nControls:\n")
		}
		for _, c := range r.Controls {
			fmt.Fprintf(&b, "- without %s (`%s`), `%s` fails\n", c.Guard, c.Edits[0].File, c.Test)
		}
		for _, p := range r.Without {
			fmt.Fprintf(&b, "- `%s` in `%s`\n", p.Test, p.Room)
		}
	}
	b.WriteString(measured)
	return b.String()
}

func named(all []Proof) string {
	var out []string
	for _, p := range all {
		out = append(out, fmt.Sprintf("`%s` in `%s`", p.Test, p.Room))
	}
	return strings.Join(out, ", ")
}
