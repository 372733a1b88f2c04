// Package hearing turns sound into what is heard in it, a tenth of a second at
// a time: how loud it is, how much like noise, how much it changes; and finds
// in that where a crowd begins to roar and where something bursts out of quiet.
//
// It knows no file and no process: samples go in, whole numbers come out, and
// the same samples give the same numbers on any machine.
package hearing
