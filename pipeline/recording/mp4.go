package recording

import "context"

func openMP4(ctx context.Context, b *bytes) (index, error) { return nil, notYet("MP4") }
