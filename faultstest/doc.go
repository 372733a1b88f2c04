// Package faultstest is the fault matrix: which faults dropcut is held against,
// the tests that show it, the guards, and for each guard the control that takes
// it away and must fail. docs/faults.md is written from it, and `make faults`
// follows it. Only tests may import it.
package faultstest
