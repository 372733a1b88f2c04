// Package channels decides, of one channel, when a clip is best posted, what
// of a file its platform takes, and what is written beside it. It is pure:
// what is taken, and what time it is, callers say.
package channels
