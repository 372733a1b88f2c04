// Package detect turns a recording into marks and moments: it reads what
// people pointed with (flags, sidecars, chapters), says of every mark whether
// it is used or why not, and grows moments from those that are.
//
//	parse → classify → pair → merge → listen for dead air → grow → keep IDs
//
// Everything but dead air is pure. Read step.go for the order and sources.go
// for how far each source is believed.
package detect
