package storage

// Need is how many bytes a piece of work is going to write, at most, by where
// they will lie.
type Need struct {
	Temp   int64 // in the folder of its attempt
	Data   int64 // in the data bucket, or its cache
	Output int64 // in the output bucket
}
