// Package drop reads what a creator wrote beforehand: the drop plan of one
// show (drop.yaml), the defaults of all of theirs (.dropcut.yaml), and where they
// post (channels.yaml). All are strict: a name that is not known is refused, and
// every error says line and column.
package drop
