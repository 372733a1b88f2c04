// Package counters brings what platforms count of posts: it reads the exports
// that people download from them, and asks those that have an API. Both end as
// snapshots. What it reads is a stranger's: bounded, and nothing in it is
// dropped without a word.
package counters
