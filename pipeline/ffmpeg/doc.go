// Package ffmpeg is the only room that starts processes. Recordings are
// hostile: every process sees only its own files, has no network, is limited
// in memory, time and output, and dies with us. docs/threats.md says what each
// guard stops and which test shows it.
//
// The order of a call: Arguments builds the argument list (pure), Run starts
// the process through the sandbox and waits, Probe and Decode judge what came
// out. An exit status is a hint; the probe is the judge.
package ffmpeg
