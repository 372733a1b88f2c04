// Package desk is where a creator's clips are judged, handed to schedulers, each
// to one, and reported on. What it does happens in the caller's transaction: one
// at a time is at a creator's desk (catalog.Tx.Enter).
package desk
