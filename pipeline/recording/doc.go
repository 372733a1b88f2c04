// Package recording reads a recording by byte ranges: its index, its clock,
// and slices, which are local files with only the bytes one stretch needs.
//
// Open reads the index of whatever container it is; Slice hands out a file
// whose clock is straight: jumps, wraps and edit lists are solved here, and
// one constant leads from its timestamps to the timeline.
package recording
