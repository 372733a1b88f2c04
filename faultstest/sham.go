package faultstest

// sham is, by row, what stands in for the line in tests that do not walk it,
// and why that shows the row.
var sham = map[int]string{
	3:  "workers do three cheap steps for a moment, which keep a row, and no child is stopped. What is refused is a finish, and every step of the line is finished by one function (`workers/hand.go`), which does not know what was made; real steps whose rows others took over are in row 1.",
	7:  "`TestAFleetWhoseMembersFallMakesTheSame` is the line, with `fsck` and the comparison. The others do cheap steps, or transactions alone, since they cut at single commits, hundreds of times.",
	8:  "the writer keeps records and work, and makes nothing. What SQLite keeps of a transaction does not depend on who wrote it; the line itself is killed over SQLite in row 1, with `fsck` and the comparison.",
	10: "cheap steps put an object and keep a row of it, and uploads are of random bytes. In the line the key of a segment, a sound, a clip and a poster is of their bytes or recipe, so that a second upload is of the first one's place or of one that its own row names; an excerpt that is taken again has another ID, and the first lies there until `gc`. A store that is killed under the line, with the comparison after `gc`, is in row 9.",
	14: "rows are claimed, kept and finished one by one, on PostgreSQL: nothing else looks at leases. On SQLite the database's clock is that of the one machine there is; where that jumps a lease may end early, and the fence (row 3) refuses who had it.",
	15: "recordings and captions that mean harm meet the door to ffmpeg alone, which every process of the line goes through (`pipeline/ffmpeg`): nothing is kept behind it.",
	16: "slices of recordings are read, and files are decoded, without a line behind: what the line does with a recording that is refused is in rows 2 and 11.",
	17: "watchers take recordings in, and nobody makes anything of them: the line begins with the row that is looked at.",
	20: "cheap steps put an object and keep a row, so that two can be held until both have. The fence and the claim are the statements of the line; what real steps keep beside them (reservations, segments) is shown in `storage/catalog`.",
}
