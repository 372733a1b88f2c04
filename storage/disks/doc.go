// Package disks knows how much is free on the disks of this machine, and
// reserves it for pieces of work before they write: so that a full disk is a
// wait and not a broken clip.
package disks
