// Package render makes variants out of an excerpt, so that every picture is
// encoded once: a moment's pictures are cut into segments (cut.go), each named
// by all that decides its pixels (recipe.go); missing segments are made in
// runs, one process for several looks of one stretch (graph.go, run.go); a
// variant is assembled from its segments and its clip's sound without touching
// a byte of either (assemble.go).
//
// It is four steps of work: Compose decides what is missing, Run makes
// segments, Sound makes one clip's sound, Assembly makes one variant.
package render
