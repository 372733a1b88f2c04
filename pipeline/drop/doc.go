// Package drop reads what a creator wrote beforehand: the drop plan of one
// show (drop.yaml) and the defaults of all of theirs (.dropcut.yaml). Both are
// strict: a name that is not known is refused, and every error says line and
// column.
package drop
